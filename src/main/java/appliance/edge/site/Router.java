package appliance.edge.site;

import appliance.edge.balance.AppChoice;
import appliance.edge.balance.Balancer;
import appliance.edge.balance.Rotation;
import appliance.edge.http.HostHeader;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Tells a site's requests for the master from the others by their Host. */
public final class Router implements Function<HttpServerExchange, AppChoice> {

  /** What metrics and log call those of the default site. */
  static final String ADMIN = "admin";

  private final Set<String> exact = new HashSet<>();
  private final List<String> prefixes;
  private final AppChoice all;
  private final AppChoice master;

  /**
   * @param adminHosts hosts of the master; one that ends in a dot stands for all that begin with it
   * @param balancer shares out all other requests
   * @param writeMethods those of them that wait for a master
   */
  public Router(
      List<String> adminHosts,
      Supplier<Rotation> rotation,
      Balancer balancer,
      Set<String> writeMethods) {
    List<String> lower =
        adminHosts.stream().map(h -> h.toLowerCase(Locale.ROOT)).toList();
    prefixes = lower.stream().filter(h -> h.endsWith(".")).toList();
    lower.stream().filter(h -> !h.endsWith(".")).forEach(exact::add);
    all = new AppChoice.All(
        rotation,
        balancer,
        writeMethods.stream()
            .map(HttpString::tryFromString)
            .collect(Collectors.toUnmodifiableSet()));
    master = new AppChoice.Master(rotation);
  }

  @Override
  public AppChoice apply(HttpServerExchange exchange) {
    return admin(HostHeader.of(exchange)) ? master : all;
  }

  /** Whether requests with this Host are for the master only. */
  boolean admin(String host) {
    String name = withoutPort(host).toLowerCase(Locale.ROOT);
    return exact.contains(name) || begins(name);
  }

  private boolean begins(String name) { // asked for each request: a stream costs more than the look
    for (String prefix : prefixes) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    // "example.org." is the same host (RFC 1034, 3.1).
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }
}
