package appliance.fastcgi;

import io.undertow.server.RequestTooBigException;
import java.io.IOException;

/** The client's side of an exchange failed, not php's. */
final class ClientFailure extends IOException {

  private static final long serialVersionUID = 1;

  private final Failure.Kind kind;

  ClientFailure(Failure.Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  ClientFailure(String message) {
    this(Failure.Kind.CLIENT, message);
  }

  ClientFailure(IOException cause) {
    super(String.valueOf(cause.getMessage()), cause);
    kind = cause instanceof RequestTooBigException ? Failure.Kind.TOO_LARGE : Failure.Kind.CLIENT;
  }

  Failure.Kind kind() {
    return kind;
  }
}
