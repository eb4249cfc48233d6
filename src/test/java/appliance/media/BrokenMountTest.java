package appliance.media;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BrokenMountTest {

  @TempDir
  Path ground;

  @Test
  void one_that_cannot_be_looked_at_is_away_and_keeps_nothing_else_from_being_compared()
      throws Exception {
    String broken = "x".repeat(300); // no disk takes such a name: a look at it fails
    Mounts mounts = new Mounts(new Folder(ground), new HashMap<>(Map.of("mounts", broken)));
    assertTrue(mounts.look());
    assertTrue(mounts.problem().contains(broken));
    assertTrue(mounts.isAway(broken + "/a"));
    assertFalse(mounts.isAway("a"));
  }
}
