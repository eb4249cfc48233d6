package appliance.edge;

import java.io.IOException;

/** The client's side of an exchange failed: it went away, or its body broke a limit. */
final class ClientFailure extends IOException {

  private static final long serialVersionUID = 1;

  ClientFailure(IOException cause) {
    super(cause);
  }
}
