package io.clinicsync.emr.simplepractice;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.wire.VendorWire;
import io.clinicsync.emr.wire.WireCall;
import io.clinicsync.http.HttpAnswer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One write to be sent. {@code toString} shows nothing of its body.
 *
 * @param operation low-cardinality name
 * @param path below the application's JSON addresses, without a query
 * @param data the JSON:API resource as it is to be
 */
record Write(String operation, String method, String path, ObjectNode data) {

  static Write create(String operation, String type, String path) {
    ObjectNode data = JsonNodeFactory.instance.objectNode().put("type", type);
    return new Write(operation, "POST", path, data);
  }

  static Write change(String operation, String type, String path, String id) {
    ObjectNode data = JsonNodeFactory.instance.objectNode().put("id", id).put("type", type);
    return new Write(operation, "PATCH", path + "/" + id, data);
  }

  ObjectNode attributes() {
    return data.withObject("/attributes");
  }

  /** Links the resource to one that stands there. */
  Write linked(String relation, String type, String id) {
    relation(relation).putObject("data").put("type", type).put("id", id);
    return this;
  }

  /** A resource that is made along with this one; gives its attributes. */
  ObjectNode with(String relation, String type) {
    return relation(relation)
        .putArray("data")
        .addObject()
        .put("type", type)
        .putObject("attributes");
  }

  private ObjectNode relation(String relation) {
    return data.withObject("/relationships").putObject(relation);
  }

  byte[] body() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set("data", data);
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** It was sent, and may have been done. */
  static EmrException unknown(String operation, @Nullable Exception cause) {
    return new EmrException(
        EmrException.Kind.OUTCOME_UNKNOWN,
        operation + " was sent, and what became of it is not known",
        null,
        cause);
  }

  /** Whether it was refused because the token sent along is not the session's any more. */
  static boolean isStaleToken(HttpAnswer answer) {
    return (answer.status() == 403 || answer.status() == 422)
        && answer.text().toLowerCase(Locale.ROOT).contains("authenticity token");
  }

  /**
   * What an answer that is no success means: only a refusal in words is final, anything else leaves
   * open what was done [R27].
   *
   * @param toSignIn whether it leads to the sign-in side, as nothing but an ended session does
   */
  EmrException refused(WireCall call, HttpAnswer answer, boolean toSignIn) {
    int status = answer.status();
    if (status == 401 || toSignIn || isStaleToken(answer)) {
      return new EmrException(
          EmrException.Kind.UNAVAILABLE,
          operation + " came after the session's end and was not done");
    }
    return status < 400 || status == 408 || status >= 500
        ? unknown(operation, null)
        : VendorWire.refused(call, status);
  }

  /** The id of what was made; without one nobody knows what was. */
  static String id(Loaded answer, String operation) {
    String id = Loaded.id(answer.first());
    if (id == null || !Calendar.isId(id)) {
      throw unknown(operation, null);
    }
    return id;
  }

  @Override
  public String toString() {
    return "Write[" + operation + "]";
  }
}
