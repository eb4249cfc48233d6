package appliance.edge.balance;

import appliance.edge.upstream.App;
import io.undertow.server.HttpServerExchange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chooses among the applications that are ready; called on any I/O thread. */
public interface Balancer {

  /**
   * @param tried those that this request has been refused by
   * @return null if there is no other
   */
  @Nullable
  App pick(HttpServerExchange exchange, Candidates candidates, List<App> tried);

  /**
   * Learns that {@code app} has answered; the answer's head is not on its way yet.
   *
   * @param nanos from the attempt's begin
   */
  default void answered(HttpServerExchange exchange, App app, long nanos) {}
}
