package io.clinicsync.records;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.fasterxml.jackson.module.paramnames.ParameterNamesModule;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.Hashes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Records as stored text. Its own mapper with fixed rules, apart from the one of the web, since
 * stored rows and their hashes outlive any release.
 */
final class RecordJson {

  private static final ObjectMapper MAPPER =
      rules().addMixIn(EmrRecord.class, WithoutSource.class).build();

  private static final ObjectMapper READER = rules().build();

  private static JsonMapper.Builder rules() {
    return JsonMapper.builder()
        .addModules(new JavaTimeModule(), new Jdk8Module(), new ParameterNamesModule())
        .disable(
            SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
            SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .serializationInclusion(JsonInclude.Include.NON_NULL);
  }

  private RecordJson() {}

  /** The source stands in a column of its own. */
  @com.fasterxml.jackson.annotation.JsonIgnoreProperties("source")
  private interface WithoutSource {}

  static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A record could not be written as JSON", impossible);
    }
  }

  static <T> T read(String json, Class<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException broken) {
      // The message of Jackson quotes the value, which is patient data.
      throw new IllegalStateException("A stored " + type.getSimpleName() + " could not be read");
    }
  }

  /** Reads a record from its body and the source that stands beside it. */
  static <T extends EmrRecord> T read(String body, String source, Class<T> type) {
    try {
      ObjectNode tree = (ObjectNode) MAPPER.readTree(body);
      tree.put("source", source);
      return READER.treeToValue(tree, type);
    } catch (JsonProcessingException broken) {
      throw new IllegalStateException("A stored " + type.getSimpleName() + " could not be read");
    }
  }

  /** 128 bits are plenty to tell versions of one record apart. */
  static byte[] hash(String... parts) {
    MessageDigest digest = Hashes.sha256();
    for (String part : parts) {
      digest.update(part.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return Arrays.copyOf(digest.digest(), 16);
  }
}
