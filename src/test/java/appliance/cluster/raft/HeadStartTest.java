package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class HeadStartTest {

  @Test
  void it_sets_the_library_up_and_leaves_no_thread_behind() throws Exception {
    JGroupsClasses.onlyThoseNeeded();
    Set<Thread> before = Thread.getAllStackTraces().keySet();

    HeadStart.load();

    assertEquals(
        Set.of(),
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> !before.contains(thread))
            .map(Thread::getName)
            .collect(Collectors.toSet()));
  }
}
