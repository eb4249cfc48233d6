package appliance.runtime;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class MountsTest {

  private static final String ALL = """
      22 1 259:2 / / rw,relatime shared:1 - ext4 /dev/root rw
      41 22 8:17 / /media/no\0path rw - vfat /dev/sdb1 rw
      57 22 8:33 / /data/cluster/raft rw - ext4 /dev/sdc1 rw
      58 22 8:34 / /data/with\\040space rw - ext4 /dev/sdc2 rw
      """;

  @Test
  void a_folder_with_a_disk_of_its_own_or_one_below_it_is_found_whatever_else_is_mounted() {
    assertTrue(Mounts.isAtOrBelow("/data/cluster/raft", ALL));
    assertTrue(Mounts.isAtOrBelow("/data/cluster", ALL));
    assertTrue(Mounts.isAtOrBelow("/data/with space", ALL));
    assertFalse(Mounts.isAtOrBelow("/data/clust", ALL));
    assertFalse(Mounts.isAtOrBelow("/data/cluster/raft/below", ALL));
  }
}
