package appliance.edge.compression;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.QValueParser;
import io.undertow.util.QValueParser.QValueResult;
import java.util.List;
import java.util.Locale;

/** Whether a client takes gzip, and would not rather have an answer as it is (RFC 9110, section 12.5.3). */
final class AcceptsGzip {

  private AcceptsGzip() {}

  static boolean client(HttpServerExchange exchange) {
    HeaderValues lines = exchange.getRequestHeaders().get(Headers.ACCEPT_ENCODING);
    // A body of unknown length ends with its connection for HTTP/1.0.
    return lines != null && !exchange.isHttp10() && in(lines);
  }

  static boolean in(List<String> lines) {
    boolean any = false;
    // By weight, the highest first.
    for (List<QValueResult> same : QValueParser.parse(lines)) {
      boolean identity = false;
      for (QValueResult coding : same) {
        switch (coding.getValue().toLowerCase(Locale.ROOT)) {
          case "gzip", "x-gzip" -> {
            return !coding.isQValueZero();
          }
          case "identity" -> identity = true;
          case "*" -> any = !coding.isQValueZero();
          default -> {}
        }
      }
      if (identity) {
        return false;
      }
    }
    return any;
  }
}
