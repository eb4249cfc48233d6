package appliance.media;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes and renames that the index knows of and that the disk has lost with the power, as nobody forces
 * them: the very file that was deleted lies there again. Runs in {@link Turns}.
 */
final class Unforced {

  private static final Logger log = LoggerFactory.getLogger(Unforced.class);

  private final Store store;

  Unforced(Store store) {
    this.store = store;
  }

  /** Does them once more: else what is there would count as a new file, and come back on all nodes. */
  void redo() throws IOException {
    List<Entry> deleted = new ArrayList<>();
    for (Iterator<Entry> lines = store.index().entriesAfter(null); lines.hasNext(); ) {
      Entry entry = lines.next();
      if (!entry.isFile() && isThereAgain(entry)) {
        deleted.add(entry);
      }
    }
    for (Entry entry : deleted) {
      redo(entry);
    }
    if (!deleted.isEmpty()) {
      log.warn("{} media files that had been deleted or renamed were there again", deleted.size());
    }
  }

  private boolean isThereAgain(Entry deleted) throws IOException {
    String path = deleted.item().path();
    try {
      Stat stat = store.folder().stat(path);
      return stat.kind() == Stat.Kind.FILE
          && stat.print().equals(deleted.print())
          && store.usable(path);
    } catch (IOException e) {
      store.mounts().passIfUnknown(path, e);
      return false;
    }
  }

  private void redo(Entry deleted) throws IOException {
    String path = deleted.item().path();
    Entry renamed = store.index().holder(deleted.item().sha256());
    if (renamed != null && isLost(renamed.item().path())) {
      store.folder().place(store.folder().resolve(path), renamed.item().path());
      store.folder().prune(Paths.parent(path));
    } else {
      store.folder().remove(path);
    }
  }

  /** No other node may have what was renamed just before the power failed. */
  private boolean isLost(String path) throws IOException {
    return store.folder().stat(path).kind() == Stat.Kind.ABSENT && store.usable(path);
  }
}
