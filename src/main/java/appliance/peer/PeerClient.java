package appliance.peer;

import appliance.model.ClusterView;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.model.PeerCalls;
import appliance.model.PeerReply;
import appliance.model.PeerRequest;
import appliance.runtime.Published;
import appliance.trust.Trust;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocketFactory;

/** Calls other nodes over HTTP/1.1 and TLS, with kept connections. Stateless; any thread may call. */
public final class PeerClient implements PeerCalls {

  static final String CLUSTER = "Appliance-Cluster";

  private static final int CONNECT_MILLIS_MAX = 2_000;
  private static final int SILENCE_MILLIS_MAX = 15_000;

  private final Published<ClusterView> views;
  private final Trust trust;

  /** One for all calls: the JDK keeps connections by it. */
  private final SSLSocketFactory sockets;

  public PeerClient(Published<ClusterView> views, Trust trust) {
    this.views = views;
    this.trust = trust;
    sockets = trust.members().context().getSocketFactory();
  }

  @Override
  public PeerReply call(NodeId node, String route, PeerRequest request) throws IOException {
    HostPort peer = views
        .get()
        .member(node)
        .orElseThrow(() -> new IOException("no member has the id " + node))
        .endpoints()
        .peer();
    HttpURLConnection connection = open(peer, route, request);
    if (request.length() > 0) {
      // With a fixed length the JDK does not send a body twice by itself.
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(request.length());
      try (OutputStream out = connection.getOutputStream()) {
        request.body().transferTo(out);
      }
    }
    int status = connection.getResponseCode();
    return new PeerReply(
        status, headers(connection), connection.getContentLengthLong(), body(connection, status));
  }

  private HttpURLConnection open(HostPort peer, String route, PeerRequest request)
      throws IOException {
    HttpsURLConnection connection =
        (HttpsURLConnection) uri(peer, route, request).toURL().openConnection(Proxy.NO_PROXY);
    connection.setSSLSocketFactory(sockets);
    connection.setHostnameVerifier(this::isTrusted);
    connection.setConnectTimeout(CONNECT_MILLIS_MAX);
    connection.setReadTimeout(SILENCE_MILLIS_MAX);
    connection.setInstanceFollowRedirects(false);
    connection.setRequestMethod(request.method());
    request.headers().forEach(connection::setRequestProperty);
    connection.setRequestProperty(CLUSTER, views.get().cluster());
    return connection;
  }

  /** The key is the name; a resumed session has passed no other check than this one. */
  private boolean isTrusted(String host, SSLSession session) {
    try {
      InetAddress from = InetAddress.getByName(session.getPeerHost());
      return trust.trusted().get().accepts(trust.members().peer(session, from));
    } catch (IOException e) {
      return false;
    }
  }

  private static URI uri(HostPort peer, String route, PeerRequest request) throws IOException {
    String query = request.parameters().entrySet().stream()
        .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
        .collect(Collectors.joining("&"));
    try {
      String path = new URI(null, null, "/" + route + "/" + request.path(), null).toASCIIString();
      return URI.create("https://" + peer + path + (query.isEmpty() ? "" : "?" + query));
    } catch (URISyntaxException e) {
      throw new IOException("not a path: " + request.path(), e);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static Map<String, String> headers(HttpURLConnection connection) {
    Map<String, String> headers = new HashMap<>();
    connection.getHeaderFields().forEach((name, values) -> {
      if (name != null && !values.isEmpty()) {
        headers.put(name.toLowerCase(Locale.ROOT), values.get(0));
      }
    });
    return headers;
  }

  private static InputStream body(HttpURLConnection connection, int status) throws IOException {
    InputStream body = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
    return new Body(body == null ? InputStream.nullInputStream() : body, connection);
  }

  /** Closing it early drops the connection instead of reading what is left. */
  private static final class Body extends FilterInputStream {

    private final HttpURLConnection connection;
    private long left;

    Body(InputStream in, HttpURLConnection connection) {
      super(in);
      this.connection = connection;
      long length = connection.getContentLengthLong();
      left = length < 0 ? Long.MAX_VALUE : length;
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      left = read < 0 ? 0 : left - 1;
      return read;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      left = read < 0 ? 0 : left - read;
      return read;
    }

    @Override
    public void close() throws IOException {
      if (left > 0) {
        connection.disconnect();
      }
      super.close();
    }
  }
}
