package appliance.edge.proxy;

import appliance.model.Caller;
import appliance.model.Health;
import io.undertow.server.HttpServerExchange;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * This node's application if it does not speak HTTP: called in this process. Other nodes reach it by
 * this node's relay.
 *
 * @param handler answers an exchange, or says on the exchange's I/O thread why not
 * @param check whether the application works; may block for some seconds
 * @param busy whether it has no place free and yet gets on: it needs not be asked then whether it works
 * @param close gives up its connections; called while the edge's threads still run
 */
public record LocalApplication(
    Handler handler, Supplier<Health> check, BooleanSupplier busy, Runnable close) {

  /** Answers an exchange. */
  @FunctionalInterface
  public interface Handler {

    /** Begins to answer; or tells {@code caller} why not. */
    void handle(HttpServerExchange exchange, Caller caller);
  }
}
