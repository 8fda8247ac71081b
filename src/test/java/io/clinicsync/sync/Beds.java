package io.clinicsync.sync;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.parallel.ResourceLocksProvider;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;

/** Classes of one {@link SyncTest#bed} share a context and take turns; beds work side by side. */
public final class Beds implements ResourceLocksProvider, ContextCustomizerFactory {

  @Override
  public Set<Lock> provideForClass(Class<?> test) {
    return Set.of(new Lock("sync-test-bed-" + bedOf(test)));
  }

  @Override
  public ContextCustomizer createContextCustomizer(
      Class<?> test, List<ContextConfigurationAttributes> attributes) {
    return new Bed(bedOf(test));
  }

  private static String bedOf(Class<?> test) {
    @Nullable SyncTest found = AnnotatedElementUtils.findMergedAnnotation(test, SyncTest.class);
    return requireNonNull(found, "a class of the test bed").bed();
  }

  /** Changes nothing of a context; tells it from that of another bed. */
  private record Bed(String name) implements ContextCustomizer {

    @Override
    public void customizeContext(
        ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
      // The name alone makes the difference.
    }
  }
}
