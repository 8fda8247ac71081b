package io.clinicsync.http;

/**
 * Ten calls earn one repetition, so that repetitions add at most a tenth [R17]. Little is saved up:
 * a vendor that begins to fail gets no burst of repetitions for its good days.
 */
final class RetryBudget {

  private static final int PRICE = 10;
  private static final int MOST = 3 * PRICE;

  private int earned;

  synchronized void earn() {
    earned = Math.min(MOST, earned + 1);
  }

  synchronized boolean spend() {
    if (earned < PRICE) {
      return false;
    }
    earned -= PRICE;
    return true;
  }
}
