package appliance.edge.http;

import io.undertow.util.HttpString;

/** What a relay says of an answer of its own to the edge that asks it; never passed on to a client. */
public final class RelayHeaders {

  /** Set when it did not let a write through: try again later. */
  public static final HttpString FENCED = new HttpString("Appliance-Relay-Fenced");

  /** Set when no byte of the request reached its application. */
  public static final HttpString UNSENT = new HttpString("Appliance-Relay-Unsent");

  private RelayHeaders() {}
}
