package appliance.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FileCacheTest {

  private static final int BYTES_MAX = 100_000;

  private final FileCache cache = new FileCache(BYTES_MAX, 10);

  private static Asset asset(int bytes) {
    Stamp stamp = new Stamp(Path.of("/x"), "inode", bytes, FileTime.fromMillis(1));
    Representation plain =
        Representation.plain(stamp, System.currentTimeMillis()).with(ByteBuffer.allocate(bytes));
    return new Asset(List.of(plain), "text/plain", 0, "", Optional.empty());
  }

  private static FileCache.Look at(long nanos) {
    return new FileCache.Look(nanos, 0);
  }

  @Test
  void it_never_holds_more_than_its_bytes() {
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      String path = "/" + random.nextInt(500);
      if (random.nextInt(3) == 0) {
        cache.put(path, asset(random.nextInt(5000)), cache.look());
      } else if (random.nextInt(50) == 0) {
        cache.forget(path);
      } else {
        cache.fresh(path, System.nanoTime());
      }
      assertTrue(cache.bytes() <= BYTES_MAX, "holds " + cache.bytes());
    }
    cache.clear();
    assertEquals(0, cache.bytes());
    assertEquals(0, cache.size());
  }

  @Test
  void what_is_used_outlives_what_is_not() {
    for (int i = 0; i < 1000; i++) {
      cache.put("/" + i, asset(1000), at(0));
      cache.put("/hot", asset(1000), at(0));
      assertNotNull(cache.fresh("/hot", 1));
    }
    cache.put("/once", asset(1000), at(0));
    for (int i = 0; i < 40; i++) {
      cache.put("/new" + i, asset(1000), at(0));
      assertNotNull(cache.fresh("/hot", 1), "gone after " + i);
    }
  }

  @Test
  void one_caller_a_second_is_sent_to_the_disk() {
    cache.put("/a", asset(1), at(0));
    long late = FileCache.FRESH_NANOS + 1;
    assertNotNull(cache.fresh("/a", FileCache.FRESH_NANOS));
    assertNull(cache.fresh("/a", late));
    assertNotNull(cache.fresh("/a", late), "the others need not wait");
    assertNull(cache.fresh("/a", 2 * late), "but not for long");
    cache.confirm("/a", at(late));
    assertNotNull(cache.fresh("/a", 2 * late - 2));
  }

  @Test
  void a_miss_lasts_a_second_or_until_it_is_forgotten() {
    cache.missed("/a", at(0));
    assertTrue(cache.isMissing("/a", FileCache.FRESH_NANOS));
    assertFalse(cache.isMissing("/a", FileCache.FRESH_NANOS + 1));
    cache.missed("/a", at(0));
    FileCache.Look before = cache.look();
    cache.forget("/a");
    assertFalse(cache.isMissing("/a", 1));
    cache.missed("/a", before);
    assertFalse(cache.isMissing("/a", 1), "seen before it was forgotten");
    for (int i = 0; i < 1000; i++) {
      cache.missed("/" + i, cache.look());
    }
  }

  @Test
  void what_was_seen_before_it_was_forgotten_is_not_kept() {
    FileCache.Look before = cache.look();
    cache.forget("/b");
    cache.put("/b", asset(1), before);
    assertNull(cache.last("/b"));
  }

  @Test
  void content_that_is_added_makes_an_asset_no_fresher() {
    cache.put("/a", asset(10), at(0));
    cache.fill("/a", asset(10));
    assertNotNull(cache.fresh("/a", FileCache.FRESH_NANOS));
    assertNull(cache.fresh("/a", FileCache.FRESH_NANOS + 1));
    cache.fill("/a", asset(11));
    assertEquals(10, Objects.requireNonNull(cache.last("/a")).plain().length());
    cache.fill("/b", asset(11));
    assertNull(cache.last("/b"), "forgotten since");
  }
}
