package appliance.edge.upstream;

import io.undertow.server.HttpServerExchange;

/** The lanes of all I/O threads, by the threads' numbers; filled once, when the edge starts. */
public final class Lanes {

  private final Lane[] byNumber;

  /**
   * @param threads the number of I/O threads
   */
  public Lanes(int threads) {
    byNumber = new Lane[threads];
  }

  public int size() {
    return byNumber.length;
  }

  boolean has(int number) {
    return byNumber[number] != null;
  }

  public Lane get(int number) {
    return byNumber[number];
  }

  void set(int number, Lane lane) {
    byNumber[number] = lane;
  }

  /** That of the thread that the exchange runs on. */
  public Lane of(HttpServerExchange exchange) {
    return byNumber[exchange.getIoThread().getNumber()];
  }
}
