package appliance.edge.upstream;

import io.undertow.server.HttpServerExchange;

/** The contexts of all I/O threads, by the threads' numbers; filled once, when the edge starts. */
public final class IoThreadContexts {

  private final IoThreadContext[] byNumber;

  /**
   * @param threads the number of I/O threads
   */
  public IoThreadContexts(int threads) {
    byNumber = new IoThreadContext[threads];
  }

  public int size() {
    return byNumber.length;
  }

  boolean has(int number) {
    return byNumber[number] != null;
  }

  public IoThreadContext get(int number) {
    return byNumber[number];
  }

  void set(int number, IoThreadContext context) {
    byNumber[number] = context;
  }

  /** That of the thread that the exchange runs on. */
  public IoThreadContext of(HttpServerExchange exchange) {
    return byNumber[exchange.getIoThread().getNumber()];
  }
}
