package appliance.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IndexTest {

  @TempDir
  private Path folder;

  @Test
  void a_file_that_is_replaced_again_and_again_leaves_no_trace_of_its_former_inodes()
      throws Exception {
    try (Index index = Index.open(folder, "node")) {
      for (int i = 1; i <= 1000; i++) {
        Sha256 content = Sha256.of(("content " + i).getBytes(StandardCharsets.UTF_8));
        Item item = new Item("f", false, 7, i, 0644, content, Version.first(UUID.randomUUID()));
        index.put(new Entry(item, new FileStamp(i, 7, i)));
      }
      assertEquals(1, index.lines());
    }
    try (MVStore store = MVStore.open(folder.resolve("index.mv").toString())) {
      assertEquals(2, store.openMap("paths").size(), "one by content, one by inode");
    }
  }

  @Test
  void no_two_lives_of_an_index_give_a_change_the_same_number() throws Exception {
    UUID first;
    try (Index index = Index.open(folder, "node")) {
      first = index.author();
    }
    try (Index index = Index.open(folder, "node")) {
      assertNotEquals(first, index.author());
    }
  }

  @Test
  void the_start_of_the_machine_is_known_by_its_whole_name() throws Exception {
    MVStore.Builder file =
        new MVStore.Builder().fileName(folder.resolve("index.mv").toString());
    Index.open(folder, "node").close();
    try (MVStore store = file.open()) {
      assertEquals(null, store.openMap("meta").get(Index.BOOT), "it was closed in order");
    }
    try (Index index = Index.open(folder, "node")) {
      assertEquals(36, String.valueOf(index.meta().get(Index.BOOT)).length());
      assertFalse(index.isDoubtful());
    }
  }
}
