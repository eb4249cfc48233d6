package appliance.edge.proxy;

import appliance.edge.write.AnswerGate;
import appliance.model.Health;
import io.undertow.server.HttpServerExchange;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;

/**
 * This node's application if it does not speak HTTP: called in this process. Other nodes reach it by
 * this node's relay.
 *
 * @param handler answers an exchange, or says on the exchange's I/O thread why not
 * @param check whether the application works; may block for some seconds
 * @param close gives up its connections; called while the edge's threads still run
 */
public record LocalApplication(Handler handler, Supplier<Health> check, Runnable close) {

  /** Answers an exchange in one of three ways. */
  @FunctionalInterface
  public interface Handler {

    /**
     * Begins to answer.
     *
     * @param unsent to be told why no byte of the request has reached the application: another one may be
     *     asked
     * @param failed to be told why there is no answer to a request that the application may have seen, and
     *     the status that says so: the client gets the site's page for it
     * @param gate to be asked before an answer begins
     */
    void handle(
        HttpServerExchange exchange,
        Consumer<String> unsent,
        ObjIntConsumer<String> failed,
        AnswerGate gate);
  }
}
