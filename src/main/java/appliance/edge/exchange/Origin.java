package appliance.edge.exchange;

import appliance.edge.http.HostHeader;
import appliance.edge.write.Purpose;
import appliance.edge.write.WriteOrder;
import appliance.model.Epoch;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;

/** How the application is told where a request came from. */
public enum Origin {
  /** By this edge, the first that the client met: what the client says about it is dropped. */
  CLIENT {
    @Override
    public boolean replaces(HttpString name) {
      return name.equals(Headers.FORWARDED) || name.equals(REAL_IP) || forwarded(name);
    }

    @Override
    public WriteOrder order(HttpServerExchange exchange, Purpose purpose) {
      return new WriteOrder(purpose, Epoch.NONE);
    }

    @Override
    void write(HttpServerExchange exchange, RequestHead head) {
      String address = Client.of(exchange);
      String client = address.isEmpty() ? "unknown" : address;
      String host = HostHeader.of(exchange);
      String scheme = exchange.getRequestScheme();
      head.line("X-Forwarded-For", client);
      head.line("X-Forwarded-Proto", scheme);
      head.line("X-Forwarded-Host", host);
      head.line("X-Forwarded-Port", port(exchange));
      String node = client.indexOf(':') >= 0 ? "\"[" + client + "]\"" : client;
      head.line("Forwarded", "for=" + node + ";host=\"" + host + "\";proto=" + scheme);
    }
  },
  /** By the edge of another member, which this node's relay trusts. */
  OTHER_EDGE {
    @Override
    public boolean replaces(HttpString name) {
      return false;
    }

    @Override
    public WriteOrder order(HttpServerExchange exchange, Purpose purpose) {
      return WriteOrder.read(exchange.getRequestHeaders(), exchange.getRequestMethod());
    }

    @Override
    void write(HttpServerExchange exchange, RequestHead head) {
      // All of it is in the headers already.
    }
  };

  /**
   * What the request is for, as the other edge has said if there is one.
   *
   * @param purpose of such a request of a client
   */
  public abstract WriteOrder order(HttpServerExchange exchange, Purpose purpose);

  /** The port that the client used, where a trusted proxy tells it. */
  public static final AttachmentKey<String> PORT_TOLD = AttachmentKey.create(String.class);

  private static final HttpString REAL_IP = new HttpString("X-Real-IP");
  private static final int PORT_DIGITS_MAX = 5;
  private static final String FORWARDED_PREFIX = "X-Forwarded-";

  private static boolean forwarded(HttpString name) {
    return (name.byteAt(0) | 0x20) == 'x'
        && name.toString().regionMatches(true, 0, FORWARDED_PREFIX, 0, FORWARDED_PREFIX.length());
  }

  /** Whether a header of the request is dropped, and perhaps written anew. */
  public abstract boolean replaces(HttpString name);

  abstract void write(HttpServerExchange exchange, RequestHead head);

  /** The port that the client used, in decimal: told by a trusted proxy, or of the Host, or its scheme's. */
  public static String port(HttpServerExchange exchange) {
    String told = exchange.getAttachment(PORT_TOLD);
    if (told != null) {
      return told;
    }
    String host = HostHeader.of(exchange);
    int colon = host.lastIndexOf(':');
    if (colon > host.lastIndexOf(']') && number(host, colon + 1)) {
      return host.substring(colon + 1);
    }
    if (exchange.getRequestHeaders().contains(Headers.HOST)) {
      return exchange.getRequestScheme().equals("https") ? "443" : "80";
    }
    return Integer.toString(exchange.getDestinationAddress().getPort());
  }

  private static boolean number(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return text.length() > from && text.length() - from <= PORT_DIGITS_MAX;
  }
}
