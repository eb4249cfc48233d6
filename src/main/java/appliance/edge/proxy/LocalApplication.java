package appliance.edge.proxy;

import appliance.model.Health;
import io.undertow.server.HttpServerExchange;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * This node's application if it does not speak HTTP: called in this process. Other nodes reach it by
 * this node's relay.
 *
 * @param handler answers an exchange, or tells its second argument, on the exchange's I/O thread, why
 *     no byte of the request has reached the application
 * @param check whether the application works; may block for some seconds
 * @param close gives up its connections; called while the edge's threads still run
 */
public record LocalApplication(
    BiConsumer<HttpServerExchange, Consumer<String>> handler,
    Supplier<Health> check,
    Runnable close) {}
