package appliance.edge;

import io.undertow.server.HttpServerExchange;

/** The lanes of all I/O threads, by the threads' numbers; filled once, when the edge starts. */
final class Lanes {

  private final Lane[] byNumber;

  Lanes(int threads) {
    byNumber = new Lane[threads];
  }

  int size() {
    return byNumber.length;
  }

  boolean has(int number) {
    return byNumber[number] != null;
  }

  Lane get(int number) {
    return byNumber[number];
  }

  void set(int number, Lane lane) {
    byNumber[number] = lane;
  }

  Lane of(HttpServerExchange exchange) {
    return byNumber[exchange.getIoThread().getNumber()];
  }
}
