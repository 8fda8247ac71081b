package io.clinicsync.sandbox;

import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.SimulatorKit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.springframework.beans.BeanUtils;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.util.ClassUtils;

/** Every simulated EMR there is: a new one is a package of its own and nothing else. */
final class EmrSimulators {

  private static final List<Class<?>> TYPES = types();

  private final Map<String, EmrSimulator> byId = new TreeMap<>();

  /**
   * Makes one of each.
   *
   * @param kits the kit for a simulator, by its package's last part, which is its id
   */
  EmrSimulators(Function<String, SimulatorKit> kits) {
    for (Class<?> type : TYPES) {
      String folder = type.getPackageName();
      String id = folder.substring(folder.lastIndexOf('.') + 1);
      try {
        EmrSimulator simulator =
            (EmrSimulator)
                BeanUtils.instantiateClass(type.getConstructor(SimulatorKit.class), kits.apply(id));
        byId.put(simulator.id(), simulator);
      } catch (NoSuchMethodException missing) {
        throw new IllegalStateException(
            type.getName() + " needs a public constructor that takes a SimulatorKit", missing);
      }
    }
  }

  List<EmrSimulator> all() {
    return List.copyOf(byId.values());
  }

  EmrSimulator require(String id) {
    EmrSimulator simulator = byId.get(id);
    if (simulator == null) {
      throw new IllegalArgumentException("no simulated EMR is called " + id);
    }
    return simulator;
  }

  boolean has(String id) {
    return byId.containsKey(id);
  }

  private static List<Class<?>> types() {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AssignableTypeFilter(EmrSimulator.class));
    return scanner.findCandidateComponents("io.clinicsync.sandbox").stream()
        .<Class<?>>map(
            found ->
                ClassUtils.resolveClassName(
                    String.valueOf(found.getBeanClassName()), EmrSimulators.class.getClassLoader()))
        .sorted(Comparator.comparing(Class::getName))
        .toList();
  }
}
