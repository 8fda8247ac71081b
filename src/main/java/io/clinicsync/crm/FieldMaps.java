package io.clinicsync.crm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/** All field maps, read and checked at start-up: a broken one stops the application. */
@Component
public class FieldMaps {

  private static final String SUFFIX = ".yaml";

  private final Map<String, FieldMap> byEmr = new TreeMap<>();

  public FieldMaps() {
    try {
      for (Resource resource :
          new PathMatchingResourcePatternResolver().getResources("classpath:field-maps/*.yaml")) {
        String file = String.valueOf(resource.getFilename());
        String emr = file.substring(0, file.length() - SUFFIX.length());
        try (InputStream yaml = resource.getInputStream()) {
          byEmr.put(emr, FieldMap.read(emr, yaml));
        }
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException("The field maps cannot be read", unreadable);
    }
  }

  /** The map of an EMR; empty when there is none. */
  public Optional<FieldMap> find(String emr) {
    return Optional.ofNullable(byEmr.get(emr));
  }

  /** All maps, by EMR id. */
  public Collection<FieldMap> all() {
    return byEmr.values();
  }
}
