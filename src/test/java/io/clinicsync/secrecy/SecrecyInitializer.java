package io.clinicsync.secrecy;

import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Looks at the names and labels of every meter and at what every observation tells a tracer, in
 * each application context of the run.
 */
public final class SecrecyInitializer
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    context.getBeanFactory().addBeanPostProcessor(new Watching());
  }

  /** Looks at the meters of a registry made without Spring. */
  public static MeterRegistry watched(MeterRegistry registry) {
    registry.config().onMeterAdded(SecrecyInitializer::look);
    return registry;
  }

  private static void look(Meter meter) {
    String where = "the meter " + meter.getId().getName();
    SecrecyWatch.WHOLE_RUN.look(where, meter.getId().getName());
    meter
        .getId()
        .getTags()
        .forEach(tag -> SecrecyWatch.WHOLE_RUN.look(where, tag.getKey() + "=" + tag.getValue()));
  }

  private static final class Watching implements BeanPostProcessor {

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
      if (bean instanceof MeterRegistry registry) {
        watched(registry);
      }
      if (bean instanceof ObservationRegistry registry) {
        registry.observationConfig().observationHandler(new Traces());
      }
      return bean;
    }
  }

  /** Reads an observation as a tracer would when it ends. */
  private static final class Traces implements ObservationHandler<Observation.Context> {

    @Override
    public boolean supportsContext(Observation.Context context) {
      return true;
    }

    @Override
    public void onStop(Observation.Context context) {
      String where = "the trace of " + context.getName();
      SecrecyWatch.WHOLE_RUN.look(where, context.getContextualName());
      for (KeyValue each : context.getAllKeyValues()) {
        SecrecyWatch.WHOLE_RUN.look(where + ", " + each.getKey(), each.getValue());
      }
      SecrecyWatch.WHOLE_RUN.look(where, context.getError());
    }
  }
}
