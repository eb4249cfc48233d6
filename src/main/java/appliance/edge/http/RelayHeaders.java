package appliance.edge.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;

/**
 * What a relay says of an answer of its own to the edge that asks it, never passed on to a client; and what it is
 * asked besides, never taken from one.
 */
public final class RelayHeaders {

  /** Set on a question whether its application works: that one needs no free place to say so. */
  public static final HttpString CHECK = new HttpString("Appliance-Relay-Check");

  /** Set on its answer to that if the application has no place free and gets on: it was not asked. */
  public static final HttpString BUSY = new HttpString("Appliance-Relay-Busy");

  /** Set when it did not let a write through: try again later. */
  public static final HttpString FENCED = new HttpString("Appliance-Relay-Fenced");

  /** Set when no byte of the request reached its application. */
  public static final HttpString UNSENT = new HttpString("Appliance-Relay-Unsent");

  /** Set besides to say of what kind that was, if it is one that is told apart. */
  public static final HttpString UNSENT_KIND = new HttpString("Appliance-Relay-Unsent-Kind");

  /** Set when its application gave no answer, to say why: the edge that asks has the page for it. */
  public static final HttpString FAILED = new HttpString("Appliance-Relay-Failed");

  /** Set besides if another application might answer, and to say of what kind the failure was. */
  public static final HttpString FAILED_KIND = new HttpString("Appliance-Relay-Failed-Kind");

  /** Which one of several applications of its node answered: for the access log of the edge that asks. */
  public static final HttpString APPLICATION = new HttpString("Appliance-Relay-Application");

  /**
   * Set on a request that a rewrite has changed: how many of the last bytes of its query are the client's own, and the
   * path that the client asked for. From node to node only.
   */
  public static final HttpString TARGET = new HttpString("Appliance-Relay-Target");

  private RelayHeaders() {}

  /** Drops them, wherever they come from. */
  public static void strip(HeaderMap headers) {
    headers.remove(BUSY);
    headers.remove(UNSENT);
    headers.remove(UNSENT_KIND);
    headers.remove(FENCED);
    headers.remove(FAILED);
    headers.remove(FAILED_KIND);
    headers.remove(APPLICATION);
  }
}
