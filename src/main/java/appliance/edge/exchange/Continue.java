package appliance.edge.exchange;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import java.io.IOException;
import java.util.function.Consumer;

/** Tells a client that waits for it to send its body. */
public final class Continue {

  private Continue() {}

  /** Sends 100 (Continue); one of the two is called once it is out, or cannot be. */
  public static void send(
      HttpServerExchange exchange, Runnable sent, Consumer<ClientFailure> failed) {
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
