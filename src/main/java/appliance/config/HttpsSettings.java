package appliance.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads how the public is served over TLS. */
record HttpsSettings(Values values) {

  Optional<HttpsConfig> read() {
    List<Path> certificates = values.paths(Setting.CERTIFICATES);
    for (Path file : certificates) {
      if (!Files.isReadable(file)) {
        values.refuse(
            Setting.CERTIFICATES,
            file + " is not there, or this user may not read it; give PEM files or folders");
      }
    }
    if (!values.has(Setting.HTTPS)) {
      return Optional.empty();
    }
    if (certificates.isEmpty()) {
      values.refuse(Setting.HTTPS, "needs --certificates as well: PEM files, or their folder");
    }
    return Optional.of(new HttpsConfig(values.address(Setting.HTTPS), certificates));
  }
}
