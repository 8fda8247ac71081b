package io.clinicsync.imports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.Hashes;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.vault.Owner;
import io.clinicsync.vault.Vault;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Seals and opens what a row says. */
@Component
class RowFields {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<TreeMap<String, String>> FIELDS = new TypeReference<>() {};
  private static final String COLUMN = "imports_rows.sealed";

  private final Vault vault;

  RowFields(Vault vault) {
    this.vault = vault;
  }

  byte[] seal(
      ClinicId clinic,
      ConnectionId connection,
      RecordKind kind,
      String id,
      SortedMap<String, String> fields) {
    return vault.seal(Owner.of(clinic), place(connection, kind, id), COLUMN, write(fields));
  }

  SortedMap<String, String> open(
      ClinicId clinic, ConnectionId connection, RecordKind kind, String id, byte[] sealed) {
    String text = vault.open(Owner.of(clinic), place(connection, kind, id), COLUMN, sealed);
    try {
      return JSON.readValue(text, FIELDS);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A stored row could not be read");
    }
  }

  /** Equal hashes mean that there is nothing to store. */
  static byte[] hash(SortedMap<String, String> fields, @Nullable String problem) {
    MessageDigest digest = Hashes.sha256();
    digest.update(write(fields).getBytes(StandardCharsets.UTF_8));
    if (problem != null) {
      digest.update((byte) 0);
      digest.update(problem.getBytes(StandardCharsets.UTF_8));
    }
    return digest.digest();
  }

  private static String write(Map<String, String> fields) {
    try {
      return JSON.writeValueAsString(fields);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A row could not be written");
    }
  }

  private static String place(ConnectionId connection, RecordKind kind, String id) {
    return connection + ":" + kind + ":" + id;
  }
}
