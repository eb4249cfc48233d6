package appliance.fastcgi;

import appliance.model.Caller;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer in php's place. What the client still sends is left to the caller, who has a limit for it.
 */
record OwnPage(Caller caller) implements IoCallback {

  private static final Logger log = LoggerFactory.getLogger(OwnPage.class);

  void send(HttpServerExchange exchange, int status, String words) {
    exchange.setStatusCode(status);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
    exchange.getResponseSender().send(status + ": " + words + "\n", this);
  }

  @Override
  public void onComplete(HttpServerExchange ended, Sender sender) {
    caller.answered();
  }

  @Override
  public void onException(HttpServerExchange ended, Sender sender, IOException exception) {
    log.debug("A client left before the end of its answer", exception);
    Reply.breakOff(ended);
  }
}
