package io.clinicsync.sandbox.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** What each fault does to a request before it is applied and to the answer after it. */
final class FaultyAnswers {

  private static final ObjectMapper JSON = new ObjectMapper();

  private FaultyAnswers() {}

  /** The request without the fields that faults drop. */
  static Request dropping(Request request, List<Fault> faults) {
    Request left = request;
    for (Fault fault : faults) {
      if (fault.kind() == FaultKind.DROP_FIELD
          && fault.field() != null
          && request.body().length > 0) {
        left = without(left, fault.field());
      }
    }
    return left;
  }

  private static Request without(Request request, String field) {
    try {
      JsonNode body = JSON.readTree(request.body());
      if (body instanceof ObjectNode object) {
        object.remove(field);
        if (object.get("customFields") instanceof ArrayNode customFields) {
          for (int i = customFields.size() - 1; i >= 0; i--) {
            JsonNode one = customFields.get(i);
            if (one.path("id").asText().equals(field) || one.path("key").asText().equals(field)) {
              customFields.remove(i);
            }
          }
        }
        return request.withBody(JSON.writeValueAsBytes(object));
      }
      return request;
    } catch (IOException notJson) {
      return request;
    }
  }

  /**
   * The answer as it leaves when a fault hits; its kind must be one that comes after the call was
   * applied.
   */
  static Reply spoil(Fault fault, Answer answer) {
    byte[] body = answer.body();
    return switch (fault.kind()) {
      case LOST_ANSWER -> new Reply(answer, Reply.Way.NOTHING, 0);
      case CUT_BODY -> new Reply(answer, Reply.Way.CUT, fault.amountOr(body.length / 2));
      case WRONG_LENGTH -> new Reply(answer, Reply.Way.WRONG_LENGTH, fault.amountOr(10));
      case DRIP -> new Reply(answer, Reply.Way.DRIP, fault.amountOr(1000));
      case RESET -> new Reply(answer, Reply.Way.RESET, 0);
      case HTML ->
          Reply.whole(
              Answer.html(
                  200, "<!DOCTYPE html><html><body><h1>Down for maintenance</h1></body></html>"));
      case BROKEN_JSON -> Reply.whole(answer.withBody(Arrays.copyOf(body, body.length * 2 / 3)));
      case EMPTY_LIST -> Reply.whole(AnswerLists.emptied(answer));
      case BIG_BODY -> Reply.whole(answer.withBody(padded(body, fault.amountOr(64L << 20))));
      case GZIP_BOMB ->
          Reply.whole(
              answer.withBody(bomb(fault.amountOr(1L << 30))).with("Content-Encoding", "gzip"));
      case DEPTH_BOMB -> Reply.whole(answer.withBody(deep((int) fault.amountOr(100_000))));
      case POISON_RECORD -> Reply.whole(AnswerLists.poisoned(answer, (int) fault.amountOr(0)));
      case RENAME_FIELD -> Reply.whole(AnswerLists.renamed(answer, fault.field()));
      case MISSING_FIELD -> Reply.whole(AnswerLists.without(answer, fault.field()));
      case APPLIED_BUT_422 ->
          Reply.whole(
              answer.status() < 300
                  ? Answer.json(
                      422,
                      "{\"statusCode\":422,\"message\":[\"Something went wrong\"],\"error\":\"Unprocessable Entity\"}")
                  : answer);
      default -> Reply.whole(answer);
    };
  }

  private static byte[] padded(byte[] body, long size) {
    byte[] large = new byte[(int) Math.max(size, body.length)];
    Arrays.fill(large, (byte) ' ');
    System.arraycopy(body, 0, large, 0, body.length);
    return large;
  }

  private static byte[] bomb(long size) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      byte[] block = new byte[1 << 20];
      Arrays.fill(block, (byte) ' ');
      for (long written = 0; written < size; written += block.length) {
        gzip.write(block);
      }
    } catch (IOException inMemory) {
      throw new UncheckedIOException(inMemory);
    }
    return packed.toByteArray();
  }

  private static byte[] deep(int depth) {
    return ("[".repeat(depth) + "]".repeat(depth)).getBytes(StandardCharsets.US_ASCII);
  }
}
