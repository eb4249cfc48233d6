package appliance.edge.exchange;

import appliance.model.AddressText;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.AttachmentKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The address at the other end of a connection, asked for and put in words once for all its requests. */
record Client(@Nullable InetSocketAddress address, String text) {

  private static final AttachmentKey<Client> KEY = AttachmentKey.create(Client.class);

  /** To be called before {@code exchange} is said to come from elsewhere. */
  static void remember(HttpServerExchange exchange) {
    ServerConnection connection = exchange.getConnection();
    Client client = connection.getAttachment(KEY);
    if (client == null) {
      InetSocketAddress address = exchange.getSourceAddress();
      client = new Client(address, text(address));
      connection.putAttachment(KEY, client);
    }
    if (client.address != null) {
      exchange.setSourceAddress(client.address);
    }
  }

  /** The address of the client of {@code exchange}; empty if it is not known. */
  static String of(HttpServerExchange exchange) {
    InetSocketAddress address = exchange.getSourceAddress();
    Client client = exchange.getConnection().getAttachment(KEY);
    // A trusted proxy may have named another one.
    return client != null && Objects.equals(client.address, address) ? client.text : text(address);
  }

  private static String text(@Nullable InetSocketAddress address) {
    InetAddress known = address == null ? null : address.getAddress();
    return known == null ? "" : AddressText.of(known);
  }
}
