package io.clinicsync.sandbox.nookal;

import io.clinicsync.sandbox.world.Canaries;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Access tokens of v3: one at a time for each client, since a new one ends the older one. */
final class NookalTokens {

  static final Duration LIFE = Duration.ofHours(1);

  private final Map<String, Token> byAccount = new ConcurrentHashMap<>();
  private final AtomicLong serial = new AtomicLong();

  /** A token while it stands. */
  record Token(String text, Instant ends) {}

  Token issue(String account, Instant now) {
    String text =
        "nkt-"
            + Canaries.SECRET
            + Long.toHexString((account.hashCode() * 31L + now.toEpochMilli()) & Long.MAX_VALUE)
            + "-"
            + serial.incrementAndGet();
    Token token = new Token(text, now.plus(LIFE));
    byAccount.put(account, token);
    return token;
  }

  /** Whose token it is; null when it is nobody's any more. */
  @Nullable String accountOf(@Nullable String token, Instant now) {
    return byAccount.entrySet().stream()
        .filter(each -> each.getValue().text().equals(token))
        .filter(each -> now.isBefore(each.getValue().ends()))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  void end(String account) {
    byAccount.remove(account);
  }

  void clear() {
    byAccount.clear();
  }
}
