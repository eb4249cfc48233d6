package appliance.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.NodeId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class DownloadQueueTest {

  private static final int LARGE = 2 << 20;
  private static final int LARGE_ONES = 100;

  private final Version version = Version.first(UUID.randomUUID());
  private final DownloadQueue downloads = new DownloadQueue();

  @Test
  void all_that_waits_to_be_tried_again_is_at_the_front_when_somebody_comes_back()
      throws InterruptedException {
    fill();
    takeAll().forEach(downloads::retry);
    assertTrue(downloads.add(item(-1), null, null), "one that was never tried");
    downloads.retryNow();
    List<Want> again = takeAll();
    Set<String> paths = new HashSet<>();
    for (Want want : again) {
      assertEquals(0, want.attempts());
      paths.add(want.item().path());
      downloads.done(want);
    }
    assertEquals(DownloadQueue.LINES_MAX, again.size());
    assertEquals(DownloadQueue.LINES_MAX, paths.size());
    assertEquals(0, downloads.size());
  }

  @Test
  void what_only_nodes_have_that_are_gone_is_no_reason_to_wait() {
    NodeId gone = NodeId.random();
    NodeId here = NodeId.random();
    assertTrue(downloads.add(item(1), gone, null));
    assertEquals(0, downloads.from(List.of(here)));
    assertEquals(1, downloads.from(List.of(here, gone)));
    assertTrue(downloads.add(item(1), here, null), "it has it, too");
    assertEquals(1, downloads.from(List.of(here)));
    assertTrue(downloads.add(item(2), null, null), "who has it is not known");
    assertEquals(2, downloads.from(List.of(here)));
    assertEquals(0, downloads.from(List.of()));
  }

  @Test
  void what_has_no_room_is_refused() {
    fill();
    assertTrue(downloads.add(item(-1), null, null));
    assertFalse(downloads.add(item(-2), null, null));
  }

  private void fill() {
    for (int i = 1; i < DownloadQueue.LINES_MAX; i++) {
      assertTrue(downloads.add(item(i), null, null));
    }
  }

  private List<Want> takeAll() throws InterruptedException {
    List<Want> taken = new ArrayList<>();
    int size = downloads.size();
    for (boolean small : new boolean[] {true, false}) {
      int count = small ? size - LARGE_ONES : LARGE_ONES;
      for (int i = 0; i < count; i++) {
        taken.add(Objects.requireNonNull(downloads.take(small)));
      }
    }
    return taken;
  }

  private Item item(int number) {
    boolean large = number > 0 && number <= LARGE_ONES;
    return new Item(
        "f" + number,
        false,
        large ? LARGE : 1,
        1,
        0644,
        Sha256.of(new byte[] {(byte) number, (byte) (number >> 8)}),
        version);
  }
}
