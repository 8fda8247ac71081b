package io.clinicsync.emr.spi;

import java.util.Map;
import java.util.Optional;

/** The opened credentials of one account. Lives for one call; {@code toString} shows names only. */
public final class Credentials {

  private final Map<String, String> values;

  public Credentials(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  public Optional<String> find(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isBlank());
  }

  /**
   * The value of a field that must be there.
   *
   * @throws EmrException CREDENTIALS_REJECTED when it is missing
   */
  public String require(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new EmrException(
                    EmrException.Kind.CREDENTIALS_REJECTED,
                    "The credential field " + name + " is missing"));
  }

  @Override
  public String toString() {
    return "Credentials" + values.keySet();
  }
}
