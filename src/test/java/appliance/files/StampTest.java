package appliance.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

final class StampTest {

  private static final Instant MODIFIED = Instant.parse("2026-01-02T03:04:05.000000001Z");
  private static final long MILLIS = MODIFIED.toEpochMilli();

  private static Stamp stamp(Instant modified, String inode) {
    return new Stamp(Path.of("/f"), inode, 255, FileTime.from(modified));
  }

  @Test
  void a_file_that_was_changed_just_now_is_not_settled() {
    assertFalse(stamp(MODIFIED, "1").isSettled(MILLIS + 100));
    assertTrue(stamp(MODIFIED, "1").isSettled(MILLIS + 101));
    assertTrue(stamp(MODIFIED, "1").isSettled(MILLIS - 101), "set by somebody");
  }

  @Test
  void full_seconds_settle_later() {
    Stamp coarse = stamp(MODIFIED.minusNanos(1), "1");
    assertFalse(coarse.isSettled(MILLIS + 2000));
    assertTrue(coarse.isSettled(MILLIS + 2001));
  }

  @Test
  void nodes_that_hold_the_same_give_the_same_tag() {
    String tag = stamp(MODIFIED, "1").entityTag("", MILLIS + 5000);
    assertEquals(tag, stamp(MODIFIED, "2").entityTag("", MILLIS + 9000));
    Instant replicated = MODIFIED.truncatedTo(ChronoUnit.MICROS);
    assertEquals(tag, stamp(replicated, "2").entityTag("", MILLIS + 9000));
    assertNotEquals(tag, stamp(MODIFIED.plusNanos(1000), "1").entityTag("", MILLIS + 5000));
    assertNotEquals(tag, stamp(MODIFIED, "1").entityTag("-br", MILLIS + 5000));
  }

  @Test
  void a_tag_that_is_not_settled_never_comes_again() {
    Stamp fresh = stamp(MODIFIED, "1");
    assertNotEquals(fresh.entityTag("", MILLIS), fresh.entityTag("", MILLIS));
  }
}
