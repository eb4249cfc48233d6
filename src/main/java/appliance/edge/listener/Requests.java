package appliance.edge.listener;

import io.undertow.server.HttpHandler;
import java.util.function.Consumer;
import org.xnio.StreamConnection;

/**
 * Who takes the requests of a port.
 *
 * @param handler of those that can be read
 * @param unreadable is told, on its I/O thread, of a connection that ends since its next request is none
 */
public record Requests(HttpHandler handler, Consumer<StreamConnection> unreadable) {}
