package appliance.edge.write;

import appliance.edge.http.Methods;
import appliance.model.Epoch;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one node tells another about a write that it sends it, in the header {@code Appliance-Write}.
 *
 * @param epoch the mastership that the sender knows of; the receiver refuses one that has passed
 * @param asks whether the sender holds back the body until a 100 (Continue) says that the write is let
 *     through: it could not send it a second time
 */
public record WriteOrder(Purpose purpose, Epoch epoch, boolean asks) {

  /** From node to node only; a client's is dropped, and no application sees it. */
  public static final HttpString HEADER = new HttpString("Appliance-Write");

  private static final Pattern FORM = Pattern.compile("(READ|WRITE|MASTER) (\\d{1,18})( ask)?");

  static final WriteOrder READ = new WriteOrder(Purpose.READ, Epoch.NONE);

  /** One whose body, if there is any, comes with it. */
  public WriteOrder(Purpose purpose, Epoch epoch) {
    this(purpose, epoch, false);
  }

  /** Puts the header in place of what is there. */
  public void write(HeaderMap headers) {
    headers.put(HEADER, purpose + " " + epoch + (asks ? " ask" : ""));
  }

  /** What another node's edge has said; without a word it is a write if its method may be one. */
  public static WriteOrder read(HeaderMap headers, HttpString method) {
    String value = headers.getFirst(HEADER);
    Matcher form = FORM.matcher(value == null ? "" : value);
    if (form.matches()) {
      return new WriteOrder(
          Purpose.valueOf(form.group(1)),
          new Epoch(Long.parseLong(form.group(2))),
          form.group(3) != null);
    }
    return Methods.safe(method) ? READ : new WriteOrder(Purpose.WRITE, Epoch.NONE);
  }
}
