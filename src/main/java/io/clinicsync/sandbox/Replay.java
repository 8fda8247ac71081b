package io.clinicsync.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.Journal;
import io.clinicsync.sandbox.server.JsonOut;
import java.time.Duration;
import java.time.Instant;

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
    } else if (line.path("new").asText(line.path("call").asText()).equals("cliniko")) {
      sandbox.cliniko().replay(line);
    } else {
      sandbox.ghl().replay(line);
    }
  }
}
