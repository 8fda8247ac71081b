package io.clinicsync.demo;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** Tells on the console how the first syncs go, and closes with what a newcomer does next. */
@Component
@Profile("local")
class DemoProgress {

  private static final Logger log = LoggerFactory.getLogger(DemoProgress.class);

  /** Follows the demo's first loads without holding up the start. */
  void follow(DemoFile demo) {
    log.info("{}", block(demo));
  }

  private static String block(DemoFile demo) {
    StringBuilder text = new StringBuilder("\n\n  ClinicSync is running.\n\n");
    text.append("  Address        ").append(demo.address()).append('\n');
    text.append("  API            ").append(demo.address()).append("/api\n");
    text.append("  Sandbox        ")
        .append(demo.sandbox().index())
        .append("   (the simulated vendors)\n");
    text.append("  Organisation   x-api-key: ").append(demo.organisationKey()).append('\n');
    demo.connections()
        .forEach(
            connection ->
                text.append("  ")
                    .append(connection.name())
                    .append(" (")
                    .append(connection.emr())
                    .append(")   x-api-key: ")
                    .append(connection.apiKey())
                    .append('\n'));
    DemoFile.DemoConnection first = demo.connections().getFirst();
    text.append("\n  Try:  curl -s -H 'x-api-key: ")
        .append(first.apiKey())
        .append("' '")
        .append(demo.address())
        .append("/api/v1/patients?limit=3'\n");
    return text.toString();
  }
}
