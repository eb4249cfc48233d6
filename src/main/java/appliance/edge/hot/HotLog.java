package appliance.edge.hot;

import io.undertow.server.HttpServerExchange;

/**
 * Who is told of the answers that are given before there is an exchange: the access log, the metrics.
 */
@FunctionalInterface
public interface HotLog {

  /** Nobody. */
  HotLog NONE = exchange -> (client, request, bytes, nanos) -> {};

  /**
   * Called as an answer is learned, on the thread that gave it first: what its site and route are is
   * known of {@code exchange} now, and true for every repeat.
   */
  Repeats repeatsOf(HttpServerExchange exchange);

  /** Told of each repeat, on the connection's I/O thread. */
  @FunctionalInterface
  interface Repeats {

    /**
     * @param client its IP address
     * @param request to be read during the call only; its answer's status is 200
     * @param bytes of content
     * @param nanos that it took
     */
    void answered(String client, HotRequest request, long bytes, long nanos);
  }
}
