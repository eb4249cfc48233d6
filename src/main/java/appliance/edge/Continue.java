package appliance.edge;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import java.io.IOException;
import java.util.function.Consumer;

/** Tells a client that waits for it to send its body. */
final class Continue {

  private Continue() {}

  static void send(HttpServerExchange exchange, Runnable sent, Consumer<ClientFailure> failed) {
    HttpContinue.sendContinueResponse(exchange, new IoCallback() {
      @Override
      public void onComplete(HttpServerExchange done, Sender sender) {
        sent.run();
      }

      @Override
      public void onException(HttpServerExchange done, Sender sender, IOException e) {
        failed.accept(new ClientFailure(e));
      }
    });
  }
}
