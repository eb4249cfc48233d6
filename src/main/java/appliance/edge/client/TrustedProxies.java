package appliance.edge.client;

import appliance.config.Network;
import appliance.edge.exchange.Origin;
import appliance.edge.http.HostHeader;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Takes over what a trusted proxy says about its client: address, scheme, host and port. From here on the
 * request is as if the client itself had come, for files, applications, log and balancing alike. What
 * anybody else says is dropped by {@link Origin}.
 *
 * <p>The client is the last address of {@code X-Forwarded-For} that is not a trusted proxy's: what stands
 * before it was written by the client. {@code Forwarded} (RFC 7239) counts only where that is missing.
 */
public record TrustedProxies(List<Network> networks, HttpHandler next) implements HttpHandler {

  private static final int HOPS_MAX = 64;

  private static final HttpString FOR = new HttpString("X-Forwarded-For");
  private static final HttpString PROTO = new HttpString("X-Forwarded-Proto");
  private static final HttpString HOST = new HttpString("X-Forwarded-Host");
  private static final HttpString PORT = new HttpString("X-Forwarded-Port");

  /** Who a proxy spoke for, as it wrote it. */
  private record Told(
      List<String> hops, @Nullable String scheme, @Nullable String host) {}

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    InetAddress peer = exchange.getSourceAddress().getAddress();
    if (peer != null && trusts(peer)) {
      take(exchange, told(exchange.getRequestHeaders()));
    }
    next.handleRequest(exchange);
  }

  private boolean trusts(InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }

  private void take(HttpServerExchange exchange, Told told) {
    InetAddress client = client(told.hops());
    if (client != null) {
      exchange.setSourceAddress(new InetSocketAddress(client, 0));
    }
    if (told.scheme() != null && told.scheme().matches("(?i)https?")) {
      exchange.setRequestScheme(told.scheme().toLowerCase(Locale.ROOT));
    }
    if (told.host() != null && HostHeader.wellFormed(told.host())) {
      exchange.getRequestHeaders().put(Headers.HOST, told.host());
    }
    String port = exchange.getRequestHeaders().getFirst(PORT);
    if (port != null && port.matches("[1-9]\\d{0,4}")) {
      exchange.putAttachment(Origin.PORT_TOLD, port);
    }
  }

  /** Null if not even the nearest hop is an address. */
  private @Nullable InetAddress client(List<String> hops) {
    InetAddress client = null;
    for (int i = hops.size() - 1; i >= Math.max(0, hops.size() - HOPS_MAX); i--) {
      InetAddress hop = address(hops.get(i));
      if (hop == null) {
        return client;
      }
      client = hop;
      if (!trusts(hop)) {
        return client;
      }
    }
    return client;
  }

  /** Of {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code 2001:db8::1} or {@code [2001:db8::1]:80}. */
  private static @Nullable InetAddress address(String hop) {
    String text = hop;
    if (text.startsWith("[")) {
      text = text.substring(1, Math.max(1, text.indexOf(']')));
    } else if (text.indexOf(':') == text.lastIndexOf(':') && text.indexOf(':') > 0) {
      text = text.substring(0, text.indexOf(':'));
    }
    try {
      return Network.address(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Told told(HeaderMap headers) {
    if (headers.contains(FOR) || !headers.contains(Headers.FORWARDED)) {
      return new Told(items(headers.get(FOR)), last(headers.get(PROTO)), last(headers.get(HOST)));
    }
    List<String> elements = items(headers.get(Headers.FORWARDED));
    List<String> hops = new ArrayList<>();
    elements.forEach(element -> hops.add(String.valueOf(parameter(element, "for"))));
    String nearest = elements.isEmpty() ? "" : elements.get(elements.size() - 1);
    return new Told(hops, parameter(nearest, "proto"), parameter(nearest, "host"));
  }

  private static List<String> items(@Nullable HeaderValues values) {
    if (values == null) {
      return Collections.emptyList();
    }
    return values.stream()
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .map(String::strip)
        .toList();
  }

  private static @Nullable String last(@Nullable HeaderValues values) {
    List<String> items = items(values);
    return items.isEmpty() ? null : items.get(items.size() - 1);
  }

  /** Of {@code for=192.0.2.1;proto=https}, a value's quotes taken off. */
  private static @Nullable String parameter(String element, String name) {
    for (String pair : element.split(";", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).strip().equalsIgnoreCase(name)) {
        String value = pair.substring(equals + 1).strip();
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
      }
    }
    return null;
  }
}
