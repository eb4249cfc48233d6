package appliance.edge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who gets requests at this moment: immutable, published whole.
 *
 * @param ready the applications of active members that are healthy, ordered by member name
 * @param master the master's application, if there is a master whose application is healthy
 * @param hasMaster whether there is a master at all
 * @param whyNone why {@code ready} is empty, for the error page's log line; empty if it is not
 * @param none whether no member has an application at all: a site of files alone
 * @param draining whether this node is to leave: its clients are told to go elsewhere
 */
record Rotation(
    List<App> ready,
    @Nullable App master,
    boolean hasMaster,
    String whyNone,
    boolean none,
    boolean draining) {

  static final Rotation NONE =
      new Rotation(List.of(), null, false, "no member is known yet", false, false);

  Rotation {
    ready = List.copyOf(ready);
  }
}
