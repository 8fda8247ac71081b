package io.clinicsync.emr.halaxy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.wire.Entry;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One write to be sent. {@code toString} shows nothing of its body.
 *
 * @param path below the API's root
 * @param type of what is written, for whoever has to tick a scope
 * @param wantsTime whether a conflict means that the time is taken
 */
record HalaxyWrite(
    String operation, String method, String path, String type, ObjectNode body, boolean wantsTime) {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);

  static HalaxyWrite create(String type) {
    return new HalaxyWrite("halaxy." + type + ".create", "POST", type, type, resource(type), false);
  }

  static HalaxyWrite book() {
    return new HalaxyWrite(
        "halaxy.Appointment.book",
        "POST",
        "Appointment/$book",
        "Appointment",
        resource("Parameters"),
        true);
  }

  /** A merge patch: members that are not in it stay as they are. */
  static HalaxyWrite patch(String what, String id, boolean wantsTime) {
    return new HalaxyWrite(
        "halaxy.Appointment." + what,
        "PATCH",
        "Appointment/" + id,
        "Appointment",
        JsonNodeFactory.instance.objectNode(),
        wantsTime);
  }

  static ObjectNode resource(String type) {
    return JsonNodeFactory.instance.objectNode().put("resourceType", type);
  }

  /** Adds a parameter of an operation. */
  ObjectNode parameter(String name) {
    return body.withArray("parameter").addObject().put("name", name);
  }

  /** A reference as Halaxy writes them: with the whole address. */
  static ObjectNode reference(EmrAccount account, String type, String id) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("reference", HalaxyHosts.address(account, type + "/" + id).toString())
        .put("type", type);
  }

  /** Start, end and length; times in the clinic's offset, to the second. */
  static void times(ObjectNode appointment, EmrAccount account, Instant start, Instant end) {
    appointment.put("start", TIME.format(start.atZone(account.zone())));
    appointment.put("end", TIME.format(end.atZone(account.zone())));
    appointment.put("minutesDuration", Duration.between(start, end).toMinutes());
  }

  /** It was sent, and may have been done. */
  static EmrException unknown(String operation, @Nullable Exception cause) {
    return new EmrException(
        EmrException.Kind.OUTCOME_UNKNOWN,
        operation + " was sent, and what became of it is not known",
        null,
        cause);
  }

  /** The id of what was made; an answer without one leaves open what was. */
  String idIn(Entry answer) {
    String id = HalaxyMapper.id(answer);
    if (id == null
        || !HalaxyReference.isId(id)
        || !answer.json().path("resourceType").asText().equals(type)) {
      throw unknown(operation, null);
    }
    return id;
  }

  @Override
  public String toString() {
    return "HalaxyWrite[" + operation + "]";
  }
}
