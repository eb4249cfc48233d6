package appliance.cluster;

import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.awaitVoters;
import static appliance.cluster.Lab.done;
import static appliance.cluster.Lab.master;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The disk of a process hangs: it refuses nothing, takes nothing, and the process is in touch all the time. */
final class HungDiskTest {

  /** Fills the log, so that it is about to be replaced by a snapshot. */
  private static final String LONG = "x".repeat(4000);

  private static final int ENTRIES_MAX = 1000;

  @RegisterExtension
  final Lab lab = new Lab("test");

  @Test
  void another_one_leads_and_is_master_where_the_disk_of_the_one_that_was_both_hangs() {
    lab.seats("a", "b", "c");
    SeparateNode a = lab.process("a");
    a.awaitSays("master=a");
    Cluster b = lab.start("b");
    Cluster c = lab.start("c");
    awaitAgreement(3, b, c);
    awaitVoters(3, b, c);
    long epoch = b.views().get().epoch().value();
    a.hangOn("state_snapshot.part");
    assertTrue(entriesUntilItHangs(b) < ENTRIES_MAX, "it did not hang");

    Await.until("b or c is master", () -> !master(b).isEmpty() && !master(b).equals("a"));
    Await.until("c knows", () -> master(c).equals(master(b)));
    assertTrue(b.views().get().epoch().value() > epoch);
    done(c.operations().set("count", "goes on"));
  }

  private static int entriesUntilItHangs(Cluster by) {
    for (int entry = 0; entry < ENTRIES_MAX; entry++) {
      try {
        done(by.operations().set("count", entry + LONG));
      } catch (CompletionException e) {
        return entry;
      }
    }
    return ENTRIES_MAX;
  }
}
