package appliance.fastcgi;

import appliance.model.Caller;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;

/**
 * An answer in php's place. What the client still sends is left to the caller, who has a limit for it.
 */
record OwnPage(Caller caller) implements IoCallback {

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
    caller.clientLost(String.valueOf(exception.getMessage()));
  }
}
