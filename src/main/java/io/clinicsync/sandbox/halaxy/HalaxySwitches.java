package io.clinicsync.sandbox.halaxy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** How one account behaves where nobody outside knows how Halaxy does. */
final class HalaxySwitches {

  /** Overlapping bookings are refused with 409; accepted unless a caller asks for that. */
  volatile boolean strictBooking;

  /** The comment of a booking is dropped without a word. */
  volatile boolean dropComments;

  /** The patient filter of appointments is ignored without a word. */
  volatile boolean ignorePatientFilter;

  /** Included resources are left out of the answer. */
  volatile boolean ignoreInclude;

  /** Resources the key has no right to. */
  final Set<String> withoutScope = ConcurrentHashMap.newKeySet();
}
