package appliance.edge.proxy;

import appliance.edge.exchange.ClientFailure;
import appliance.edge.exchange.ClientWatch;
import appliance.edge.exchange.Origin;
import appliance.edge.exchange.RequestBody;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.edge.upstream.IoThreadContext;
import appliance.edge.write.WriteOrder;
import java.util.List;

/**
 * How a request is carried to one application: the seam for other protocols than HTTP/1.1. All calls,
 * both ways, are on the request's I/O thread.
 */
@FunctionalInterface
public interface UpstreamProtocol {

  /**
   * Makes one attempt to have {@code request} answered. It ends in exactly one of the calls of {@link
   * Outcome}; until the first byte of an answer is passed on, {@link Outcome#failed} leaves the way to
   * another attempt open.
   *
   * @param fresh whether a connection that served before will not do
   */
  void attempt(Request request, App app, boolean fresh, Outcome outcome);

  /**
   * A request as the protocol sees it.
   *
   * @param client whoever has the request says there what to do if the client goes away
   * @param order what it is for, and which epoch its sender knew
   */
  record Request(
      io.undertow.server.HttpServerExchange exchange,
      RequestBody body,
      ClientWatch client,
      Origin origin,
      WriteOrder order,
      IoThreadContext context) {}

  /** What became of an attempt. */
  interface Outcome {

    /** There is a connection for it, kept or new. */
    default void connected(App app) {}

    /** Whose an upgraded connection to {@code app} is, as long as it is under way. */
    default List<App> countsFor(App app) {
      return List.of(app);
    }

    /** Which one of several of its node answers; told before the answer is, if there are several. */
    default void within(String application) {}

    /** No answer: nothing has been sent to the client. */
    void failed(App app, Failure failure);

    /**
     * No answer, and nobody else is to be asked: the request may have been done.
     *
     * @param status that says so to the client, 5xx
     * @param words why, for the client
     */
    void unanswered(App app, int status, String words);

    /** The answer's head is there and on its way to the client: no other attempt is possible. */
    void answered(App app, int status);

    /** All of the answer has come from the application, whatever its client has taken of it. */
    default void whole(App app, int status) {}

    /** A check was answered in the application's place, as that has no place free: it says nothing of it. */
    default void busy() {}

    /** The request's body cannot be read. */
    void clientFailed(ClientFailure failure);

    /** The answer broke off under way: if some of it is out nobody can be told but by a cut. */
    void broken(App app, Failure failure);

    /** The client broke off while it was answered. */
    void clientLost(String why);
  }
}
