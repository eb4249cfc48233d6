package appliance.cli;

import java.util.Objects;

/** The version that the build wrote into the jar. */
final class Version {

  private Version() {}

  static String read() {
    return Objects.requireNonNullElse(
        Version.class.getPackage().getImplementationVersion(), "development");
  }
}
