package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.booking.BusyConnection;
import io.clinicsync.canonical.ConnectionId;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** A clinic whose callers come too often is told so, over HTTP; its neighbour notices nothing. */
@ApplicationTest
class BusyClinicTests {

  @Autowired private ApplicationContext context;

  private static String body(BookableClinic clinic) {
    return "{\"patient\": {\"id\": \""
        + clinic.patient(0).path("id").asText()
        + "\"}, "
        + BookableClinic.time(clinic.openings().getFirst())
        + "}";
  }

  private static Answer send(BookableClinic clinic, String path, String body, String key) {
    return clinic.caller.send("POST", path, body, "application/json", "Idempotency-Key", key);
  }

  @Test
  void whoComesTooOftenIsToldSoAndMayComeAgainWithTheSameKey() {
    BookableClinic clinic = new BookableClinic(context);
    BookableClinic neighbour = new BookableClinic(context);
    String body = body(clinic);
    String hold = "{" + BookableClinic.time(clinic.openings().getFirst()) + "}";
    ConnectionId connection = new ConnectionId(UUID.fromString(clinic.connection));
    try (BusyConnection busy = new BusyConnection(context, connection)) {
      Answer refused = send(clinic, "/api/v1/bookings", body, "once");
      assertThat(refused.status()).as(refused.raw().body()).isEqualTo(429);
      assertThat(refused.text("/code")).isEqualTo("rate_limited");
      assertThat(refused.text("/next_step")).isNotBlank();
      assertThat(refused.raw().headers().firstValue("Retry-After")).hasValue("5");
      assertThat(clinic.caller.get("/api/v1/bookings").body().path("items")).isEmpty();
      assertThat(neighbour.caller.post("/api/v1/bookings", body(neighbour)).status())
          .isEqualTo(201);
    }
    Answer booked = send(clinic, "/api/v1/bookings", body, "once");
    assertThat(booked.status()).as(booked.raw().body()).isEqualTo(201);
    assertThat(send(clinic, "/api/v1/holds", hold, "hold").status()).isEqualTo(409);
  }
}
