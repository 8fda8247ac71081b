package io.clinicsync.emr.nookal;

import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.wire.Entry;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Finds one entry of a list that has no proven filter by id. The filter is sent all the same; where
 * it is ignored, the answer is the list from its beginning, which is then searched by halves as
 * long as it is in the order of ids (assumed), and else page by page. An entry is said to be
 * missing only when the list shows it.
 */
final class NookalSingles {

  private final NookalApi api;

  NookalSingles(NookalApi api) {
    this.api = api;
  }

  /** An entry and the vendor's clock. */
  record Found(Entry entry, Instant vendorNow) {}

  Optional<Found> find(
      EmrAccount account, String function, String key, String parameter, String id) {
    if (!id.matches("\\d{1,18}")) {
      return Optional.empty();
    }
    return NookalConnector.single(() -> searched(account, function, key, parameter, id));
  }

  private Optional<Found> searched(
      EmrAccount account, String function, String key, String parameter, String id) {
    NookalForm filter = new NookalForm().with(parameter, id);
    NookalApi.Listed first = api.list(account, function, key, filter, 1);
    Optional<Found> found = among(first, id);
    if (found.isPresent() || first.entries().isEmpty() || !first.more()) {
      return found;
    }
    int low = 2;
    int high = Math.ceilDiv(first.total(), NookalApi.PER_PAGE);
    if (high < low || !isOrdered(first.entries())) {
      return walk(account, function, key, id);
    }
    while (low <= high) {
      int middle = (low + high) / 2;
      NookalApi.Listed page = api.list(account, function, key, new NookalForm(), middle);
      found = among(page, id);
      if (found.isPresent()) {
        return found;
      }
      if (!isOrdered(page.entries())) {
        return walk(account, function, key, id);
      }
      if (page.entries().isEmpty() || number(page.entries().getFirst()).compareTo(wanted(id)) > 0) {
        high = middle - 1;
      } else if (number(page.entries().getLast()).compareTo(wanted(id)) < 0) {
        low = middle + 1;
      } else {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private Optional<Found> walk(EmrAccount account, String function, String key, String id) {
    for (int page = 2; ; page++) {
      NookalApi.Listed listed = api.list(account, function, key, new NookalForm(), page);
      Optional<Found> found = among(listed, id);
      if (found.isPresent() || !listed.more()) {
        return found;
      }
    }
  }

  private static Optional<Found> among(NookalApi.Listed page, String id) {
    return page.entries().stream()
        .filter(each -> idOf(each).equals(id))
        .findFirst()
        .map(each -> new Found(each, page.vendorNow()));
  }

  private static boolean isOrdered(List<Entry> entries) {
    for (int i = 0; i < entries.size(); i++) {
      if (!idOf(entries.get(i)).matches("\\d{1,18}")
          || (i > 0 && number(entries.get(i - 1)).compareTo(number(entries.get(i))) >= 0)) {
        return false;
      }
    }
    return true;
  }

  private static BigInteger number(Entry entry) {
    return wanted(idOf(entry));
  }

  private static BigInteger wanted(String id) {
    return new BigInteger(id);
  }

  static String idOf(Entry entry) {
    return entry.json().path("ID").asText("");
  }
}
