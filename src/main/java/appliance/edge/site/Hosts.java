package appliance.edge.site;

import appliance.config.SiteConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which site a host belongs to: an exact host first, then the longest domain with a star before it. */
public final class Hosts {

  private final Map<String, String> exact = new HashMap<>();
  private final Map<String, String> below = new HashMap<>();
  private final @Nullable String any;

  /** Of all sites but the default one. */
  public Hosts(List<SiteConfig> sites) {
    for (SiteConfig site : sites) {
      for (String host : site.hosts()) {
        if (host.startsWith("*.")) {
          below.put(host.substring(1), site.name());
        } else if (!host.equals("*")) {
          exact.put(host, site.name());
        }
      }
      site.adminHosts().stream()
          .filter(host -> !host.endsWith("."))
          .forEach(host -> exact.putIfAbsent(host, site.name()));
    }
    any = sites.stream()
        .filter(site -> site.hosts().contains("*"))
        .map(SiteConfig::name)
        .findFirst()
        .orElse(null);
  }

  /**
   * The name of the site; null for one that is nobody's.
   *
   * @param host as in the header, maybe with a port
   */
  @Nullable
  String site(String host) {
    if (exact.isEmpty() && below.isEmpty()) {
      return any;
    }
    String name = Router.withoutPort(host).toLowerCase(Locale.ROOT);
    String found = exact.get(name);
    for (int dot = name.indexOf('.'); found == null && dot >= 0; dot = name.indexOf('.', dot + 1)) {
      found = below.get(name.substring(dot));
    }
    return found == null ? any : found;
  }
}
