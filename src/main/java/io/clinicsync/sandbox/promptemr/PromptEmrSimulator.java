package io.clinicsync.sandbox.promptemr;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.Request;
import io.clinicsync.sandbox.server.SimulatorKit;
import io.clinicsync.sandbox.world.ClinicWorld;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** PromptEMR's reports over any number of clinics. Thread-safe. */
public final class PromptEmrSimulator implements EmrSimulator {

  private static final Pattern REPORT =
      Pattern.compile("/reports/(patients|visits|charges)\\.(csv|xlsx)");

  private final SimulatorKit kit;
  private final Map<String, PromptEmrAccount> accounts = new ConcurrentSkipListMap<>();
  private final AtomicInteger numbers = new AtomicInteger();

  public PromptEmrSimulator(SimulatorKit kit) {
    this.kit = kit;
  }

  @Override
  public String id() {
    return "promptemr";
  }

  @Override
  public String title() {
    return "PromptEMR";
  }

  @Override
  public Home home() {
    return new Home(ZoneId.of("America/Chicago"), "US", "USD");
  }

  @Override
  public synchronized PromptEmrAccount open(Opening wanted) {
    PromptEmrAccount existing = accounts.get(wanted.name());
    if (kit.journal().isOn() && existing != null) {
      return existing;
    }
    ClinicWorld world = ClinicWorld.of(wanted.seed(), wanted.size(), wanted.zone(), wanted.now());
    PromptEmrAccount account =
        new PromptEmrAccount(wanted.name(), numbers.incrementAndGet(), world, kit);
    accounts.put(wanted.name(), account);
    return account;
  }

  @Override
  public Collection<PromptEmrAccount> clinics() {
    return accounts.values();
  }

  @Override
  public void replay(JsonNode call) {
    throw new IllegalArgumentException("PromptEMR is never written to from outside");
  }

  @Override
  public void reset() {
    accounts.clear();
  }

  @Override
  public Clock clock() {
    return kit.clock();
  }

  @Override
  public String accountOf(Request request) {
    PromptEmrAccount account = workspace(request);
    return account == null ? "unknown" : account.name();
  }

  private @Nullable PromptEmrAccount workspace(Request request) {
    String number = request.query().getOrDefault("w", List.of("")).getFirst();
    return accounts.values().stream()
        .filter(each -> each.workspace().equals(number))
        .findFirst()
        .orElse(null);
  }

  /** {@code GET /reports/{kind}.{csv|xlsx}?w=…[&combined=true]}, as a browser downloads it. */
  @Override
  public Answer answer(Request request) {
    Matcher report = REPORT.matcher(request.path());
    PromptEmrAccount account = workspace(request);
    if (!report.matches() || account == null || !request.method().equals("GET")) {
      return Answer.json(404, JsonOut.of(Map.of("error", "not found")));
    }
    boolean combined =
        request.query().getOrDefault("combined", List.of("false")).getFirst().equals("true");
    byte[] file = account.report(report.group(1), report.group(2), combined);
    return new Answer(200, Map.of("Content-Type", "application/octet-stream"), file);
  }
}
