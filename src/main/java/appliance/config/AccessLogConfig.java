package appliance.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the requests of the public are written to.
 *
 * @param file none if they are not
 * @param megabytes of it and its older ones together
 */
public record AccessLogConfig(Optional<Path> file, Format format, int megabytes) {

  public static final AccessLogConfig OFF =
      new AccessLogConfig(Optional.empty(), Format.COMBINED, 500);

  /** What a line looks like. */
  public enum Format {
    /** As Apache and nginx write it, with more behind it. */
    COMBINED,
    JSON
  }
}
