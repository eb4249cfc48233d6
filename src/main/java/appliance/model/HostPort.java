package appliance.model;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** A host name or address with a port, as an operator writes it: {@code host:port}. */
public record HostPort(String host, int port) {

  public HostPort {
    if (host.isBlank() || host.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '@')) {
      throw new IllegalArgumentException("not a host: '" + host + "'");
    }
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("not a port: " + port);
    }
  }

  /** Reads {@code host:port}, {@code [ipv6]:port}, or a bare host if a default port is given. */
  public static HostPort parse(String text, int defaultPort) {
    String trimmed = text.trim();
    int colon = trimmed.lastIndexOf(':');
    boolean bracketed = trimmed.startsWith("[");
    boolean hasPort = bracketed ? colon == trimmed.indexOf(']') + 1 : colon >= 0;
    if (!hasPort) {
      return new HostPort(unbracket(trimmed), defaultPort);
    }
    String host = unbracket(trimmed.substring(0, colon));
    if (!bracketed && host.indexOf(':') >= 0) {
      throw new IllegalArgumentException("write an IPv6 address as [address]:port");
    }
    return new HostPort(host, port(trimmed.substring(colon + 1)));
  }

  private static int port(String text) {
    if (!text.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException("not a port: " + text);
    }
    return Integer.parseInt(text);
  }

  private static String unbracket(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  public InetSocketAddress socketAddress() {
    return new InetSocketAddress(host, port);
  }

  /** Never blocks: a name is left unresolved. */
  public InetSocketAddress asWritten() {
    return isAddress() ? socketAddress() : InetSocketAddress.createUnresolved(host, port);
  }

  /** Whether it is an address, which no name server has to be asked for. */
  public boolean isAddress() {
    return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }

  public HostPort withPort(int other) {
    return new HostPort(host, other);
  }

  /** As {@link #isLoopback}, but asks no name server: of names only {@code localhost} is. Never blocks. */
  public boolean isWrittenAsLoopback() {
    return host.equals("localhost") || (isAddress() && isLoopback());
  }

  /** Whether this host names the machine itself only; an unknown host does not. May block. */
  public boolean isLoopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HostPort that && that.port == port && that.host.equals(host);
  }

  @Override
  public int hashCode() {
    return 31 * host.hashCode() + port;
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
