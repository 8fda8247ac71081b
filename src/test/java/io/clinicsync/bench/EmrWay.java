package io.clinicsync.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * An EMR by one of its ways in, as a benchmark needs to know it: where its clinics are and how its
 * staff change things.
 *
 * @param patients the table of patients in the simulator's truth
 * @param id the member that names a row there
 * @param ours the member that is our id of a patient
 * @param rename the members that give a patient this last name; null where such a change is seen by
 *     the daily full read only
 * @param things what a booking names besides patient and start, and the table it is taken from, or
 *     a pointer to it where it stands in none of its own
 * @param floor the fewest calls of a cycle the way allows
 * @param excused figures whose bound the interface does not allow to be kept, and why
 */
record EmrWay(
    String emr,
    String way,
    ZoneId zone,
    String country,
    String currency,
    String patients,
    String id,
    String ours,
    Function<String, Map<String, ?>> rename,
    Map<String, String> things,
    WireFloor floor,
    Map<String, String> excused) {

  private static final String FIRST_LOAD = "first load / quota floor";
  private static final String BEYOND = "unchanged cycle: calls beyond one per endpoint";
  private static final String SQL = "unchanged cycle: SQL statements";
  private static final String CPU = "unchanged cycle: CPU-ms of the run";
  private static final String LOG = "unchanged cycle: log bytes per unchanged record";

  private static final String READ_FIRST =
      "it cannot be read patient by patient: contacts are written once everything is read, and the"
          + " floor takes both as going on together";
  private static final String READ_AGAIN =
      "a stretch of its lists is read again in each cycle, and each page costs statements and time";
  private static final String GRANT =
      "its access lasts five minutes: each cycle renews the grant, which nobody else may use"
          + " meanwhile, and keeps it";
  private static final String COOKIES =
      "its cookies are sealed and stored after each of the calendar's answers";

  private static final String WHOLE_FILES =
      "a cycle is the upload of three whole workbooks: each is opened and compared row by row";

  private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");
  private static final ZoneId CHICAGO = ZoneId.of("America/Chicago");
  private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");
  private static final ZoneId VANCOUVER = ZoneId.of("America/Vancouver");

  /** Every EMR by every way. */
  static final List<EmrWay> ALL =
      List.of(
          new EmrWay(
              "cliniko",
              "api-key",
              SYDNEY,
              "AU",
              "AUD",
              "patients",
              "id",
              "id",
              last -> Map.of("last_name", last),
              Map.of(
                  "practitioner", "practitioners",
                  "business", "businesses",
                  "type", "appointment_types"),
              WireFloor.CLINIKO,
              Map.of(
                  FIRST_LOAD,
                  "a thousand patients: the fields of the sub-account weigh more than among 5,000")),
          new EmrWay(
              "halaxy",
              "client-credentials",
              SYDNEY,
              "AU",
              "AUD",
              "Patient",
              "id",
              "id",
              last -> Map.of("name", List.of(Map.of("family", last, "given", List.of("Ava")))),
              Map.of("role", "PractitionerRole", "service", "HealthcareService"),
              WireFloor.HALAXY,
              Map.of(
                  FIRST_LOAD,
                  READ_FIRST,
                  BEYOND,
                  "the newest invoice is read again each time, and its practitioner is looked up among the roles")),
          new EmrWay(
              "jane",
              "api",
              VANCOUVER,
              "CA",
              "CAD",
              "patients",
              "id",
              "public_id",
              last -> Map.of("last_name", last),
              Map.of(
                  "practitioner", "staff_members",
                  "location", "locations",
                  "treatment", "treatments"),
              WireFloor.JANE_API,
              Map.of(FIRST_LOAD, READ_FIRST, SQL, GRANT)),
          new EmrWay(
              "jane",
              "web",
              VANCOUVER,
              "CA",
              "CAD",
              "patients",
              "id",
              "id",
              last -> Map.of("last_name", last),
              Map.of(
                  "practitioner", "staff_members",
                  "location", "locations",
                  "treatment", "treatments"),
              WireFloor.JANE_WEB,
              Map.of(FIRST_LOAD, READ_FIRST, SQL, COOKIES, CPU, COOKIES, LOG, COOKIES)),
          new EmrWay(
              "nookal",
              "api-key",
              SYDNEY,
              "AU",
              "AUD",
              "patients",
              "ID",
              "ID",
              last -> Map.of("LastName", last),
              Map.of(
                  "practitioner", "practitioners",
                  "location", "locations",
                  "treatment", "services"),
              WireFloor.NOOKAL,
              Map.of(
                  FIRST_LOAD,
                  READ_FIRST,
                  BEYOND,
                  "26 hours back are counted from the last change, not from now",
                  SQL,
                  READ_AGAIN,
                  CPU,
                  READ_AGAIN)),
          new EmrWay(
              "practicebetter",
              "client-credentials",
              NEW_YORK,
              "US",
              "USD",
              "records",
              "id",
              "id",
              last -> Map.of("lastName", last),
              Map.of("practitioner", "members", "service", "services"),
              WireFloor.PRACTICE_BETTER,
              Map.of(FIRST_LOAD, READ_FIRST, SQL, READ_AGAIN, CPU, READ_AGAIN)),
          new EmrWay(
              "promptemr",
              "exports",
              CHICAGO,
              "US",
              "USD",
              "patients",
              "_id",
              "_id",
              last -> Map.of("LastName", last),
              Map.of(
                  "practitioner", "/visits/0/Provider",
                  "location", "/visits/0/Facility",
                  "service", "/visits/0/VisitType"),
              WireFloor.PROMPT_EMR,
              Map.of(FIRST_LOAD, READ_FIRST, SQL, WHOLE_FILES, CPU, WHOLE_FILES)),
          new EmrWay(
              "pteverywhere",
              "api",
              NEW_YORK,
              "US",
              "USD",
              "patients",
              "_id",
              "_id",
              null,
              Map.of(
                  "practitioner", "therapists",
                  "location", "locations",
                  "service", "services"),
              WireFloor.PT_EVERYWHERE,
              Map.of(FIRST_LOAD, READ_FIRST)),
          new EmrWay(
              "simplepractice",
              "web",
              NEW_YORK,
              "US",
              "USD",
              "clients",
              "id",
              "id",
              null,
              Map.of(
                  "practitioner", "teamMembers",
                  "location", "offices",
                  "treatment", "cptCodes"),
              WireFloor.SIMPLE_PRACTICE,
              Map.of(FIRST_LOAD, READ_FIRST, SQL, READ_AGAIN, CPU, READ_AGAIN)));

  /** The staff's command that books a patient. */
  Map<String, Object> booking(JsonNode truth, String patient, String start) {
    Map<String, Object> command = new LinkedHashMap<>();
    command.put("edit", "book");
    command.put("patient", patient);
    things.forEach(
        (name, place) ->
            command.put(
                name, truth.at(place.startsWith("/") ? place : "/" + place + "/0/" + id).asText()));
    command.put("start", start);
    return command;
  }

  @Override
  public String toString() {
    return emr + " " + way;
  }
}
