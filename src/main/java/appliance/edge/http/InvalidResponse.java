package appliance.edge.http;

import java.io.IOException;

/** An application's answer that is not HTTP, or ambiguous; the message continues "it sent ...". */
public class InvalidResponse extends IOException {

  private static final long serialVersionUID = 1;

  public InvalidResponse(String message) {
    super(message);
  }
}
