package appliance.edge.proxy;

import appliance.model.Caller;
import appliance.model.CheckResult;
import appliance.model.Health;
import appliance.model.HealthQuestion;
import io.undertow.server.HttpServerExchange;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.xnio.XnioIoThread;

/**
 * This node's application if it does not speak HTTP: called in this process. Other nodes reach it by
 * this node's relay.
 *
 * @param handler answers an exchange, or says on the exchange's I/O thread why not
 * @param check whether the application is there; may block for some seconds
 * @param ask whether it works, if it is there
 * @param busy whether it has no place free and yet gets on: it needs not be asked then whether it works
 * @param close gives up its connections; called while the edge's threads still run
 */
public record LocalApplication(
    Handler handler, Supplier<Health> check, Question ask, BooleanSupplier busy, Runnable close) {

  /** Answers an exchange. */
  @FunctionalInterface
  public interface Handler {

    /** Begins to answer; or tells {@code caller} why not. */
    void handle(HttpServerExchange exchange, Caller caller);
  }

  /** Learns whether the application works from its answer. */
  @FunctionalInterface
  public interface Question {

    /**
     * Calls back once, by the end of the question's time. Any thread.
     *
     * @param thread whose connections it may use; always the same
     */
    void ask(XnioIoThread thread, HealthQuestion question, Consumer<CheckResult> result);
  }
}
