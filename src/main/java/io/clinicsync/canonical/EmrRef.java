package io.clinicsync.canonical;

/** Points to one EMR record within one connection. */
public record EmrRef(RecordKind kind, EmrId id) {

  public static EmrRef of(RecordKind kind, String id) {
    return new EmrRef(kind, new EmrId(id));
  }

  public static EmrRef patient(String id) {
    return of(RecordKind.PATIENT, id);
  }

  public static EmrRef appointment(String id) {
    return of(RecordKind.APPOINTMENT, id);
  }
}
