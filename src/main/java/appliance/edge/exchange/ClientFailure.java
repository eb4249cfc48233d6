package appliance.edge.exchange;

import appliance.edge.http.RequestRules;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/** The client's side of an exchange failed: it went away, or its body broke a limit. */
public final class ClientFailure extends IOException {

  private static final long serialVersionUID = 1;

  ClientFailure(IOException cause) {
    super(cause);
  }

  /** Whoever read its body refuses it with {@code status} and these words. */
  public static ClientFailure refused(int status, String words) {
    return new ClientFailure(new Refused(new RequestRules.Refused(status, words)));
  }

  /** It went away, and nobody waits for the answer. */
  public static ClientFailure gone() {
    return new ClientFailure(new ClosedChannelException());
  }

  /** No more of its body came in time. */
  public static ClientFailure slow() {
    return refused(StatusCodes.REQUEST_TIME_OUT, "the body came too slowly");
  }

  /** What to tell the client; null if it is not there any more. */
  public RequestRules.@Nullable Refused refused() {
    if (getCause() instanceof RequestTooBigException) {
      return new RequestRules.Refused(
          StatusCodes.REQUEST_ENTITY_TOO_LARGE, RequestRules.BODY_TOO_LARGE);
    }
    return getCause() instanceof Refused body ? body.why : null;
  }

  /** What is wrong with the body that the client sends. */
  static final class Refused extends IOException {

    private static final long serialVersionUID = 1;

    final transient RequestRules.Refused why;

    Refused(RequestRules.Refused why) {
      super(why.words());
      this.why = why;
    }
  }
}
