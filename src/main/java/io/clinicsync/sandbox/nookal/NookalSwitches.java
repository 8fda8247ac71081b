package io.clinicsync.sandbox.nookal;

/** How one simulated clinic behaves where Nookal's behaviour differs or is not known. */
final class NookalSwitches {

  /** Stamps are written and compared in the clinic's zone instead of UTC. */
  volatile boolean localStamps;

  /** Appointments show their start and end in UTC too. */
  volatile boolean utcMembers = true;

  /** Class bookings stand among a patient's appointments. */
  volatile boolean classesInAppointments = true;

  /** Filters by {@code appointment_id} and {@code class_id} are understood instead of ignored. */
  volatile boolean idFilters;

  /** What {@code getClassParticipants} calls the class. */
  volatile String classParameter = "appt_id";

  /** Whatever overlaps is taken, flag or not. */
  volatile boolean acceptsOverlaps;

  /** {@code addClassBooking} wants the number of the class; else what an appointment is told by. */
  volatile boolean classByNumber;

  /** Appointments last this many minutes longer than their service says. */
  volatile int longer;

  /** {@code searchPatients} ignores all it is asked for. */
  volatile boolean searchIgnores;

  /** {@code getInvoices} works without a patient. */
  volatile boolean invoicesWithoutPatient;

  /** An ended v3 token is told with status 200. */
  volatile boolean expiredAs200;

  /** So many v3 calls from now on are answered by the gateway instead. */
  volatile int badGateways;
}
