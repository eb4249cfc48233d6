package appliance.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.replication.Progress.State;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A replica has failed when it is stopped, or has not advanced for long; not before. */
final class ProgressTest {

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final Progress progress = new Progress(nanos::get);

  @Test
  void one_refused_connection_is_no_failure_and_ten_seconds_of_them_are() {
    assertFalse(progress.failed());
    refused();
    assertFalse(progress.failed());
    pass(9_999);
    refused();
    assertFalse(progress.failed());
    pass(1);
    assertTrue(progress.failed());
  }

  @Test
  void following_the_master_ends_a_failure() {
    refused();
    pass(20_000);
    progress.enter(State.RUNNING, "");
    assertFalse(progress.failed());
    refused();
    assertFalse(progress.failed());
  }

  @Test
  void snapshots_that_copy_nothing_do_not_hide_a_failure_and_copied_rows_end_it() {
    refused();
    pass(20_000);
    progress.enter(State.SNAPSHOT, "of the master");
    progress.copied(0);
    refused();
    assertTrue(progress.failed());
    progress.enter(State.SNAPSHOT, "of the master");
    progress.copied(1);
    refused();
    assertFalse(progress.failed());
  }

  @Test
  void a_copy_under_way_is_no_trouble_of_the_database() {
    progress.enter(State.SNAPSHOT, "of the master");
    assertEquals("", progress.status().trouble());
    refused();
    assertEquals("cannot reach the master", progress.status().trouble());
  }

  @Test
  void a_stopped_replica_has_failed_at_once() {
    progress.enter(State.STOPPED, "an event that is not known");
    assertTrue(progress.failed());
  }

  private void refused() {
    progress.enter(State.CONNECTING, "cannot reach the master");
  }

  private void pass(long millis) {
    nanos.addAndGet(Duration.ofMillis(millis).toNanos());
  }
}
