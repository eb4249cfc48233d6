package appliance.media;

import appliance.model.Broadcast;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What this node is about to tell the others: its changes and what it holds of theirs. Owned by
 * {@code Replica}'s thread.
 */
final class Outbox {

  /** A file up to this size travels within its announcement. */
  static final int INLINE_BYTES_MAX = 64 * 1024;

  private static final int BATCH_BYTES_MAX = 384 * 1024;

  private final Broadcast broadcast;
  private final List<Message.Change> changes = new ArrayList<>();
  private final List<Message.Holding> holdings = new ArrayList<>();
  private int changeBytes;
  private int holdingBytes;

  Outbox(Broadcast broadcast) {
    this.broadcast = broadcast;
  }

  void add(Item item, @Nullable Inline content) {
    Message.Change change = new Message.Change(item, content);
    if (changeBytes + change.bytes() > BATCH_BYTES_MAX) {
      flushChanges();
    }
    changes.add(change);
    changeBytes += change.bytes();
  }

  /** This node now holds what another one announced. */
  void confirm(Item item) {
    Message.Holding holding = new Message.Holding(item.path(), item.version().last());
    if (holdingBytes + holding.bytes() > BATCH_BYTES_MAX) {
      flushHoldings();
    }
    holdings.add(holding);
    holdingBytes += holding.bytes();
  }

  /** Files before deletes: who gets a renamed file finds its content under the old name. */
  void flushChanges() {
    if (changes.isEmpty()) {
      return;
    }
    changes.sort(Comparator.comparing(change -> change.item().deleted()));
    byte[] message = Message.changes(changes);
    changes.clear();
    changeBytes = 0;
    broadcast.send(message);
  }

  void flushHoldings() {
    if (holdings.isEmpty()) {
      return;
    }
    byte[] message = Message.holdings(holdings);
    holdings.clear();
    holdingBytes = 0;
    broadcast.send(message);
  }
}
