package appliance.edge.proxy;

import appliance.edge.exchange.Ending;
import appliance.edge.exchange.RequestBody;
import appliance.edge.http.RelayHeaders;
import appliance.edge.upstream.Failure;
import io.undertow.util.HttpString;

/**
 * What this node's relay answers in its application's place: not for the client, but for the edge that asks
 * it. {@link RelayRefusal} is what that edge makes of it.
 */
public final class RelayPages implements Forwarder.Refusal {

  @Override
  public void page(RequestBody body, int status, String words) {
    say(body, RelayHeaders.FAILED, words);
    Ending.page(body, status, words);
  }

  @Override
  public void answer(RequestBody body, Failure failure) {
    if (failure.reached()) {
      if (failure.kind().mayDoBetter()) {
        say(body, RelayHeaders.FAILED_KIND, failure.kind().name());
      }
      page(body, failure.kind().status, failure.words());
      return;
    }
    boolean fenced = failure.kind() == Failure.Kind.FENCED;
    say(body, fenced ? RelayHeaders.FENCED : RelayHeaders.UNSENT, failure.message());
    if (failure.kind().toldApart()) {
      say(body, RelayHeaders.UNSENT_KIND, failure.kind().name());
    }
    Ending.page(body, failure.kind().status, failure.kind().words);
  }

  private static void say(RequestBody body, HttpString name, String value) {
    body.exchange()
        .addResponseCommitListener(answer -> answer.getResponseHeaders().put(name, value));
  }
}
