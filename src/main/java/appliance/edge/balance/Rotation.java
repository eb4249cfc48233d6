package appliance.edge.balance;

import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.model.Shortage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who gets requests at this moment: immutable, published whole.
 *
 * @param candidates the applications of active members that are healthy
 * @param master the master's application, if there is a master whose application is healthy
 * @param hasMaster whether there is a master at all
 * @param shortage which voters are missing, if that is why there is none
 * @param whyNone why none is ready, for the error page's log line; empty if one is
 * @param none whether no member has an application at all: a site of files alone
 * @param draining whether this node is to leave: its clients are told to go elsewhere
 */
public record Rotation(
    Candidates candidates,
    @Nullable App master,
    boolean hasMaster,
    Shortage shortage,
    String whyNone,
    boolean none,
    boolean draining) {

  /** Before any view of the cluster. */
  public static final Rotation NONE = new Rotation(
      Candidates.NONE, null, false, Shortage.NONE, "no member is known yet", false, false);

  /** Why nothing can be written now. */
  Failure noMaster(String otherwise) {
    return shortage.any()
        ? Failure.unsent(Failure.Kind.NO_MAJORITY, shortage.words())
        : Failure.unsent(Failure.Kind.NO_MASTER, otherwise);
  }

  /** All that may be chosen. */
  public List<App> ready() {
    return candidates.apps();
  }
}
