package io.clinicsync.imports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.imports.HandedFile.Head;
import io.clinicsync.imports.HandedFile.Line;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import io.clinicsync.vault.Owner;
import io.clinicsync.vault.Vault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/** A file's rows between being read and being taken: sealed blocks, the head in block 0. */
@Component
class FileParts {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String COLUMN = "imports_file_parts.sealed";

  private final Tenancy tenancy;
  private final ImportStore store;
  private final Vault vault;

  FileParts(Tenancy tenancy, ImportStore store, Vault vault) {
    this.tenancy = tenancy;
    this.store = store;
    this.vault = vault;
  }

  void keep(ClinicId clinic, UUID file, int part, List<Line> lines) {
    ArrayNode list = JSON.createArrayNode();
    for (Line line : lines) {
      ArrayNode row = list.addArray().add(line.number());
      line.cells().forEach(row::add);
    }
    keep(clinic, file, part, list.toString());
  }

  void keep(ClinicId clinic, UUID file, Head head) {
    ObjectNode node = JSON.createObjectNode().put("from1904", head.from1904());
    node.put("encoding", head.encoding());
    ArrayNode headers = node.putArray("headers");
    head.headers().forEach(headers::add);
    keep(clinic, file, 0, node.toString());
  }

  private void keep(ClinicId clinic, UUID file, int part, String text) {
    byte[] sealed = vault.seal(Owner.of(clinic), row(file, part), COLUMN, text);
    tenancy.inClinic(clinic, () -> store.addPart(clinic, file, part, sealed));
  }

  Optional<Head> head(ClinicId clinic, UUID file) {
    return read(clinic, file, 0)
        .map(
            node -> {
              List<String> headers = new ArrayList<>();
              node.path("headers").forEach(each -> headers.add(each.asText()));
              return new Head(
                  headers, node.path("from1904").asBoolean(), node.path("encoding").textValue());
            });
  }

  /** All rows in order, block by block; holds one block at a time. */
  void each(ClinicId clinic, UUID file, Consumer<List<Line>> block) {
    for (int part = 1; ; part++) {
      Optional<JsonNode> node = read(clinic, file, part);
      if (node.isEmpty()) {
        return;
      }
      List<Line> lines = new ArrayList<>();
      for (JsonNode row : node.get()) {
        List<String> cells = new ArrayList<>(row.size());
        for (int i = 1; i < row.size(); i++) {
          cells.add(row.get(i).asText());
        }
        lines.add(new Line(row.get(0).asInt(), cells));
      }
      block.accept(lines);
    }
  }

  private Optional<JsonNode> read(ClinicId clinic, UUID file, int part) {
    return tenancy
        .inClinic(clinic, () -> Optional.ofNullable(store.part(clinic, file, part)))
        .map(bytes -> parsed(vault.open(Owner.of(clinic), row(file, part), COLUMN, bytes)));
  }

  private static JsonNode parsed(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A stored block could not be read");
    }
  }

  private static String row(UUID file, int part) {
    return file + ":" + part;
  }
}
