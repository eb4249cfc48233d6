package appliance.edge.upstream;

import appliance.edge.io.Deadlines.Deadline;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request whose answer is awaited or on its way. */
public abstract class Awaiting {

  private @Nullable Awaiting next;
  private @Nullable Awaiting previous;

  /** Gives it up if it is {@code app} that was asked. */
  protected abstract void abandon(App app, String why);

  /** Expires when its whole answer should have been there; set only if there is such a limit. */
  protected abstract Deadline total();

  /** All of one I/O thread. Each request enters and leaves, which costs no more than some fields. */
  static final class All {

    private final Awaiting head = new Awaiting() {
      @Override
      protected void abandon(App app, String why) {
        throw new UnsupportedOperationException("the head of a list awaits nothing");
      }

      @Override
      protected Deadline total() {
        throw new UnsupportedOperationException("the head of a list awaits nothing");
      }
    };

    /** @param request is in no list */
    void add(Awaiting request) {
      Awaiting first = head.next;
      request.previous = head;
      request.next = first;
      if (first != null) {
        first.previous = request;
      }
      head.next = request;
    }

    /** Does nothing if it has left already. */
    void remove(Awaiting request) {
      Awaiting before = request.previous;
      Awaiting after = request.next;
      if (before != null) {
        before.next = after;
        request.previous = null;
        request.next = null;
        if (after != null) {
          after.previous = before;
        }
      }
    }

    /** Those of now: it stays as it is when they leave. */
    List<Awaiting> copy() {
      List<Awaiting> all = new ArrayList<>();
      for (Awaiting each = head.next; each != null; each = each.next) {
        all.add(each);
      }
      return all;
    }
  }
}
