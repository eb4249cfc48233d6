package appliance.config;

import appliance.model.HostPort;
import java.nio.file.Path;
import java.util.List;

/**
 * The public side over TLS.
 *
 * @param address where it is served
 * @param certificates PEM files, or folders of them, in the order in which they count: the first is for
 *     clients that ask for no host that any of them is for
 */
public record HttpsConfig(HostPort address, List<Path> certificates) {

  public HttpsConfig {
    certificates = List.copyOf(certificates);
  }
}
