package io.clinicsync.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.Journal;
import io.clinicsync.sandbox.server.JsonOut;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/**
 * Brings a fresh sandbox to where its journal ends; each change happens at the moment it once
 * happened at.
 */
final class Replay {

  private final SandboxServer sandbox;
  private final Control control;
  private SandboxClock.State state;

  private Replay(SandboxServer sandbox, Control control) {
    this.sandbox = sandbox;
    this.control = control;
    this.state = sandbox.clock().state();
  }

  static void of(Journal journal, SandboxServer sandbox, Control control) {
    if (!journal.isOn()) {
      return;
    }
    Replay replay = new Replay(sandbox, control);
    journal.replay(replay::line);
    sandbox.clock().restore(replay.state);
  }

  static void keep(SandboxClock.State clock, Journal journal) {
    JsonOut line = new JsonOut(100).open().name("clock").open().member("offset", clock.offset());
    if (clock.frozen() != null) {
      line.member("frozen", clock.frozen());
    }
    journal.add(line.close().close());
  }

  private void line(JsonNode line) {
    if (line.has("clock")) {
      JsonNode clock = line.get("clock");
      Duration offset = Duration.parse(clock.path("offset").asText());
      state =
          new SandboxClock.State(
              offset, clock.has("frozen") ? Instant.parse(clock.get("frozen").asText()) : null);
      return;
    }
    sandbox.clock().freezeAt(Instant.parse(line.path("at").asText()));
    if (line.has("edit")) {
      control.edits().replay(line);
      return;
    }
    String vendor = line.path("new").asText(line.path("call").asText());
    if (!sandbox.simulates(vendor)) {
      sandbox.ghl().replay(line);
    } else if (line.has("new")) {
      sandbox.emr(vendor).open(opening(line));
    } else {
      sandbox.emr(vendor).replay(line);
    }
  }

  private static EmrSimulator.Opening opening(JsonNode line) {
    return new EmrSimulator.Opening(
        line.path("name").asText(),
        line.path("seed").asLong(),
        line.path("size").asInt(),
        ZoneId.of(line.path("zone").asText()),
        Instant.parse(line.path("now").asText()));
  }
}
