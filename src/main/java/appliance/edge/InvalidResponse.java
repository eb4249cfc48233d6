package appliance.edge;

import java.io.IOException;

/** An application's answer that is not HTTP, or ambiguous; the message continues "it sent ...". */
class InvalidResponse extends IOException {

  private static final long serialVersionUID = 1;

  InvalidResponse(String message) {
    super(message);
  }
}
