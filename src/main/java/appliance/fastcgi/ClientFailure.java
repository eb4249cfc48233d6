package appliance.fastcgi;

import java.io.IOException;

/** The client's side of an exchange failed, not php's. */
final class ClientFailure extends IOException {

  private static final long serialVersionUID = 1;

  ClientFailure(String message) {
    super(message);
  }

  ClientFailure(IOException cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }
}
