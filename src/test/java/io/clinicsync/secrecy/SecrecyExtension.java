package io.clinicsync.secrecy;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails the test class after which a canary was first seen; classes run side by side, so the
 * finding says on which thread it was; what shows only at the end fails the run as a whole. Found
 * by JUnit itself, for all classes.
 */
public final class SecrecyExtension implements BeforeAllCallback, AfterAllCallback {

  private static final ExtensionContext.Namespace SPACE =
      ExtensionContext.Namespace.create(SecrecyExtension.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    context.getRoot().getStore(SPACE).getOrComputeIfAbsent(WholeRun.class, key -> new WholeRun());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    fail(SecrecyWatch.WHOLE_RUN.take());
  }

  private static void fail(List<String> found) {
    if (!found.isEmpty()) {
      throw new AssertionError("Shown although it must not be:\n" + String.join("\n", found));
    }
  }

  /** From the first class to the last. */
  private static final class WholeRun implements ExtensionContext.Store.CloseableResource {

    private final ThrownMessages thrown = ThrownMessages.start(SecrecyWatch.WHOLE_RUN);

    @Override
    public void close() {
      thrown.close();
      fail(SecrecyWatch.WHOLE_RUN.take());
    }
  }
}
