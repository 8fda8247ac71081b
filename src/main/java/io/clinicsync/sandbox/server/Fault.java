package io.clinicsync.sandbox.server;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One switched-on fault: what, where and when. Start with {@link #of} and narrow.
 *
 * @param account the account it hits; null means every account
 * @param method the HTTP method it hits; null means every one
 * @param path searched for in the request's path with query; null means every path
 * @param firstCall the first matching call that is hit, from 1
 * @param calls how many calls are hit from there on; {@link Integer#MAX_VALUE} means all
 * @param probability of each such call, 0 to 1, drawn from {@code seed}
 * @param lasting how long it stays after being set, by the sandbox clock; null means until cleared
 * @param amount see {@link FaultKind}; -1 means that kind's default
 */
public record Fault(
    FaultKind kind,
    @Nullable String account,
    @Nullable String method,
    @Nullable Pattern path,
    int firstCall,
    int calls,
    double probability,
    long seed,
    @Nullable Duration lasting,
    int status,
    Map<String, String> headers,
    long amount,
    @Nullable String field) {

  public static Fault of(FaultKind kind) {
    return new Fault(
        kind, null, null, null, 1, Integer.MAX_VALUE, 1.0, 1, null, 500, Map.of(), -1, null);
  }

  /** A plain status answer. */
  public static Fault status(int status) {
    return of(FaultKind.STATUS).answering(status);
  }

  public Fault onAccount(@Nullable String name) {
    return new Fault(
        kind,
        name,
        method,
        path,
        firstCall,
        calls,
        probability,
        seed,
        lasting,
        status,
        headers,
        amount,
        field);
  }

  public Fault onMethod(@Nullable String name) {
    return new Fault(
        kind,
        account,
        name,
        path,
        firstCall,
        calls,
        probability,
        seed,
        lasting,
        status,
        headers,
        amount,
        field);
  }

  /** A regular expression that must be found in path plus query. */
  public Fault onPath(String regex) {
    return new Fault(
        kind,
        account,
        method,
        Pattern.compile(regex),
        firstCall,
        calls,
        probability,
        seed,
        lasting,
        status,
        headers,
        amount,
        field);
  }

  /** Only the n-th matching call from now, counted from 1. */
  public Fault onCall(int n) {
    return fromCall(n).times(1);
  }

  public Fault fromCall(int n) {
    return new Fault(
        kind,
        account,
        method,
        path,
        n,
        calls,
        probability,
        seed,
        lasting,
        status,
        headers,
        amount,
        field);
  }

  public Fault times(int n) {
    return new Fault(
        kind,
        account,
        method,
        path,
        firstCall,
        n,
        probability,
        seed,
        lasting,
        status,
        headers,
        amount,
        field);
  }

  public Fault withProbability(double p, long randomSeed) {
    return new Fault(
        kind,
        account,
        method,
        path,
        firstCall,
        calls,
        p,
        randomSeed,
        lasting,
        status,
        headers,
        amount,
        field);
  }

  public Fault lasting(@Nullable Duration time) {
    return new Fault(
        kind,
        account,
        method,
        path,
        firstCall,
        calls,
        probability,
        seed,
        time,
        status,
        headers,
        amount,
        field);
  }

  public Fault answering(int code) {
    return new Fault(
        kind,
        account,
        method,
        path,
        firstCall,
        calls,
        probability,
        seed,
        lasting,
        code,
        headers,
        amount,
        field);
  }

  /** For STATUS: a header of the answer, such as Retry-After. */
  public Fault header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Fault(
        kind,
        account,
        method,
        path,
        firstCall,
        calls,
        probability,
        seed,
        lasting,
        status,
        more,
        amount,
        field);
  }

  public Fault amount(long value) {
    return new Fault(
        kind,
        account,
        method,
        path,
        firstCall,
        calls,
        probability,
        seed,
        lasting,
        status,
        headers,
        value,
        field);
  }

  public Fault field(@Nullable String name) {
    return new Fault(
        kind,
        account,
        method,
        path,
        firstCall,
        calls,
        probability,
        seed,
        lasting,
        status,
        headers,
        amount,
        name);
  }

  long amountOr(long usual) {
    return amount < 0 ? usual : amount;
  }
}
