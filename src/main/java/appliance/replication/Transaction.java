package appliance.replication;

import appliance.model.Gtid;
import appliance.replication.Change.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** One transaction of the master while it is being applied: what it leaves to do at its end. */
final class Transaction {

  private static final int STANDALONE = 1;
  private static final int PREPARED_XA = 64;

  private final Gtid gtid;
  private final int flags;
  private final Set<String> touched = new LinkedHashSet<>();
  private final Set<String> toCopy = new LinkedHashSet<>();
  private final List<Change> changes = new ArrayList<>();
  private String xid = "";
  private long rows;

  Transaction(Gtid gtid, int flags) {
    this.gtid = gtid;
    this.flags = flags;
  }

  Gtid gtid() {
    return gtid;
  }

  /** Whether it is one statement without an end of its own. */
  boolean isStandalone() {
    return (flags & STANDALONE) != 0;
  }

  boolean isPreparedXa() {
    return (flags & PREPARED_XA) != 0;
  }

  void touch(String table) {
    touched.add(table);
    rows++;
  }

  Set<String> touched() {
    return touched;
  }

  long rows() {
    return rows;
  }

  void copy(String table) {
    toCopy.add(table);
  }

  Set<String> toCopy() {
    return toCopy;
  }

  void change(Kind kind, String table) {
    changes.add(new Change(kind, table, null));
  }

  List<Change> changes() {
    return changes;
  }

  void xid(String text) {
    xid = text;
  }

  String xid() {
    return xid;
  }

  boolean changesNothing() {
    return rows == 0 && toCopy.isEmpty() && changes.isEmpty();
  }
}
