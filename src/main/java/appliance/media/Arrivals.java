package appliance.media;

import appliance.model.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Weighs what other nodes say they hold against what is here, and gives what has been brought its
 * final name. Runs in {@link Turns}.
 */
final class Arrivals {

  private static final Logger log = LoggerFactory.getLogger(Arrivals.class);
  private static final Duration CONFIRM_AFTER = Duration.ofMillis(20);

  private final Turns turns;
  private final Store store;
  private final Replica replica;
  private final Outbox outbox;
  private final DownloadQueue downloads;
  private boolean confirmPosted;
  private Consumer<NodeId> askLater = node -> {};

  Arrivals(Turns turns, Store store, Replica replica, Outbox outbox, DownloadQueue downloads) {
    this.turns = turns;
    this.store = store;
    this.replica = replica;
    this.outbox = outbox;
    this.downloads = downloads;
  }

  /** Whom to tell that not all that a node offered could be noted: it must be asked again. */
  void leftOutTo(Consumer<NodeId> antiEntropy) {
    askLater = antiEntropy;
  }

  /** How an attempt to put something in its place ended. */
  enum Outcome {
    PLACED,
    /** What is here is newer. */
    STALE,
    /** Here lies something that the index does not know: read that first. */
    UNSEEN,
    SUSPENDED
  }

  /**
   * Another node holds these.
   *
   * @return how many of them are newer here
   */
  int offered(NodeId from, List<Message.Change> changes) {
    Map<Sha256, Item> moved = movedAway(changes);
    int newerHere = 0;
    boolean leftOut = false;
    for (Message.Change change : changes) {
      Item item = change.item();
      if (!weigh(item)) {
        Entry here = store.index().get(item.path());
        newerHere += here != null && here.item().beats(item) ? 1 : 0;
      } else if (!doneAtOnce(item, moved.get(item.sha256()))) {
        leftOut |= !downloads.add(item, from, change.content());
      }
    }
    if (leftOut) {
      askLater.accept(from);
    }
    return newerHere;
  }

  /** Deletes and renames need nothing from elsewhere. */
  private boolean doneAtOnce(Item item, @Nullable Item movedFrom) {
    try {
      return item.deleted() ? delete(item) == Outcome.PLACED : moveHere(item, movedFrom);
    } catch (IOException e) {
      log.debug("'{}' is tried again: {}", item.path(), e.toString());
      return false;
    }
  }

  /** Files here that the same message says are deleted: a rename's old names, by content. */
  private Map<Sha256, Item> movedAway(List<Message.Change> changes) {
    Map<Sha256, Item> moved = new HashMap<>();
    for (Message.Change change : changes) {
      if (change.item().deleted()) {
        moved.put(change.item().sha256(), change.item());
      }
    }
    return moved;
  }

  /** Whether {@code item} is something this node lacks; notes what follows if it is not. */
  private boolean weigh(Item item) {
    Entry here = store.index().get(item.path());
    if (here == null) {
      return !(item.deleted() && expired(item));
    }
    if (here.item().equals(item)) {
      store.index().confirm(item.path());
      return false;
    }
    if (!item.beats(here.item())) {
      return false;
    }
    store.index().confirm(item.path());
    if (here.item().sameContent(item)) {
      store.index().put(new Entry(item, here.print()));
      held(item);
      return false;
    }
    return true;
  }

  static boolean expired(Item deleted) {
    return deleted.mtimeMicros() / 1000 < System.currentTimeMillis() - Tombstones.KEPT.toMillis();
  }

  private boolean moveHere(Item item, @Nullable Item deleted) throws IOException {
    if (deleted == null) {
      return false;
    }
    Entry old = store.index().get(deleted.path());
    if (old == null) {
      return false;
    }
    boolean movable = old.isFile()
        && old.item().sha256().equals(item.sha256())
        && deleted.follows(old.item())
        && store.usable(deleted.path())
        && store.usable(item.path())
        && store.folder().stat(deleted.path()).matches(old)
        && store.folder().stat(item.path()).matches(store.index().get(item.path()));
    if (!movable) {
      return false;
    }
    Path staged = store.folder().stage();
    Files.move(store.folder().resolve(deleted.path()), staged);
    store.index().put(new Entry(deleted, old.print()));
    held(deleted);
    try {
      Disk.dress(staged, item);
      return place(item, staged) == Outcome.PLACED;
    } finally {
      Files.deleteIfExists(staged); // it has no place: who moved it there has it
      store.folder().prune(Paths.parent(deleted.path()));
    }
  }

  /** Another node says that it holds a change of this one. */
  void confirmed(Message.Holding holding) {
    Entry here = store.index().get(holding.path());
    if (here != null && here.item().version().last().equals(holding.change())) {
      store.index().confirm(holding.path());
    }
  }

  /** Gives {@code staged}, whose content is checked, its name; removes it if it may not have it. */
  Outcome commit(Item item, Path staged) throws IOException {
    return turns.ask(() -> place(item, staged));
  }

  /** Why {@code item} may not take the place of what is {@code here}; null if it may. */
  private @Nullable Outcome obstacle(Item item, @Nullable Entry here) throws IOException {
    if (!store.usable(item.path())) {
      return Outcome.SUSPENDED;
    }
    if (here != null && !item.beats(here.item())) {
      return Outcome.STALE;
    }
    Stat disk = store.folder().stat(item.path());
    if (disk.kind() == Stat.Kind.OTHER) {
      throw new Folder.BlockedPath(item.path(), disk.kind());
    }
    return disk.matches(here) ? null : Outcome.UNSEEN;
  }

  private Outcome place(Item item, Path staged) throws IOException {
    Entry here = store.index().get(item.path());
    Outcome obstacle = obstacle(item, here);
    if (obstacle != null) {
      return obstacle;
    }
    keepLoser(here, item);
    store.folder().place(staged, item.path());
    FileStamp print = store.folder().stat(item.path()).print();
    store.index().put(new Entry(item, print));
    downloads.settle(item);
    held(item);
    return Outcome.PLACED;
  }

  private void keepLoser(@Nullable Entry here, Item winner) throws IOException {
    if (here != null && here.isFile() && !winner.follows(here.item()) && !same(here, winner)) {
      store.conflicts().keep(store.folder().resolve(here.item().path()), here.item(), winner);
    }
  }

  private static boolean same(Entry here, Item winner) {
    return here.item().sha256().equals(winner.sha256());
  }

  Outcome commitDelete(Item item) throws IOException {
    return turns.ask(() -> delete(item));
  }

  private Outcome delete(Item item) throws IOException {
    Entry here = store.index().get(item.path());
    Outcome obstacle = obstacle(item, here);
    if (obstacle != null) {
      return obstacle;
    }
    if (here != null && here.isFile()) {
      if (!item.follows(here.item()) && !same(here, item) && isOwn(here.item())) {
        bringBack(here, item);
        return Outcome.PLACED;
      }
      Item heir = downloads.waitingFor(item.sha256());
      if (heir != null && moveHere(heir, item)) {
        return Outcome.PLACED;
      }
      keepLoser(here, item);
      store.folder().remove(item.path());
    }
    store.index().put(new Entry(item, here == null ? FileStamp.NONE : here.print()));
    downloads.settle(item);
    held(item);
    return Outcome.PLACED;
  }

  /** A file whose history is not known may be older than the delete, and loses against it. */
  private boolean isOwn(Item item) {
    Version.Dot change = item.version().last();
    return change.counter() > 0 && store.index().isOwn(change.author());
  }

  /** An edit outlives a delete that did not know of it: its author announces it once more. */
  private void bringBack(Entry here, Item deleted) {
    Item item = here.item();
    Version both = deleted.version().merged(item.version()).next(store.index().author());
    log.info(
        "'{}' was deleted elsewhere while it was changed here; the change stands", item.path());
    replica.record(
        new Entry(
            new Item(
                item.path(),
                false,
                item.size(),
                item.mtimeMicros(),
                item.mode(),
                item.sha256(),
                both),
            here.print()),
        null);
  }

  /** A folder wins over a file of the same name: puts the file aside and tells the others. */
  void giveWay(String blocker, Item below) throws IOException {
    turns.ask(() -> {
      Entry here = store.index().get(blocker);
      if (here != null && here.isFile() && store.folder().stat(blocker).matches(here)) {
        store.conflicts().keep(store.folder().resolve(blocker), here.item(), below);
        Files.delete(store.folder().resolve(blocker));
        replica.recordGone(here);
      }
      return true;
    });
  }

  private void held(Item item) {
    outbox.confirm(item);
    if (!confirmPosted) {
      confirmPosted = true;
      turns.after(CONFIRM_AFTER, () -> {
        confirmPosted = false;
        outbox.flushHoldings();
      });
    }
  }
}
