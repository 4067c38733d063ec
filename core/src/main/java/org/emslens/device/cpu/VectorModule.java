package org.emslens.device.cpu;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Java's Vector API, which is still an incubator module: with {@code --add-modules} Java prints a
 * warning at each start, on a command's stderr, too. Loaded while the program runs, as the JDK
 * itself loads modules late, it does not; that takes {@code --add-exports
 * java.base/jdk.internal.module=ALL-UNNAMED}.
 */
final class VectorModule {
  private static final Logger LOG = LoggerFactory.getLogger(VectorModule.class);
  private static final String NAME = "jdk.incubator.vector";

  private VectorModule() {}

  /** Whether it can be used, loaded if need be. */
  static boolean isThere() {
    if (ModuleLayer.boot().findModule(NAME).isPresent()) {
      return true;
    }
    try {
      Class.forName("jdk.internal.module.Modules")
          .getMethod("loadModule", String.class)
          .invoke(null, NAME);
      return true;
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.info("{} cannot be loaded; plain loops do the work", NAME, e);
      return false;
    }
  }
}
