package appliance.edge;

import io.undertow.server.HttpServerExchange;

/** What a request is for, as far as the right to write is concerned. */
enum Purpose {
  /** Changes nothing: needs no master. */
  READ,
  /** May change something, on whichever node: needs a master, and an epoch that has not passed. */
  WRITE,
  /** For the master alone: needs its lease. */
  MASTER;

  /** What a client's request is for, which {@code choice} has been made for. */
  static Purpose of(HttpServerExchange exchange, AppChoice choice) {
    if (choice.masterOnly()) {
      return MASTER;
    }
    return Methods.safe(exchange.getRequestMethod()) ? READ : WRITE;
  }
}
