package appliance.cluster;

import static appliance.cluster.Lab.awaitAgreement;
import static appliance.cluster.Lab.awaitMaster;
import static appliance.cluster.Lab.told;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.state.ClusterFile;
import appliance.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster that holds nothing is given up for another one, and that does not go well. */
final class DissolvingTest {

  @RegisterExtension
  final Lab lab = new Lab("test");

  @RegisterExtension
  final Lab elsewhere = new Lab("test");

  @Test
  void a_founder_whom_the_other_cluster_refuses_serves_no_more_says_why_and_joins_once_it_may() {
    Cluster a = lab.startAlone("a");
    elsewhere.startAlone("a").close();
    Cluster b = Lab.up(elsewhere.node("a", lab.at("a")));
    Await.until("it says why", () -> told(b, "failure").contains("gave up its cluster"));
    assertTrue(told(b, "failure").contains("named a"), told(b, "failure"));
    assertFalse(b.lease().valid());
    assertEquals(Optional.empty(), b.views().get().master());
    awaitAgreement(1, a);
    awaitMaster("a", a);

    b.close();
    Lab.Seat seat = elsewhere.seat("a");
    elsewhere.seat(new Lab.Seat("b", seat.id(), seat.data(), seat.port()));
    Cluster again = Lab.up(elsewhere.node("b", lab.at("a")));
    awaitAgreement(2, a, again);
    assertFalse(again.founded());
  }

  @Test
  void a_founder_that_is_killed_while_it_gives_up_its_cluster_joins_the_other_one_when_it_is_back()
      throws IOException {
    Cluster a = lab.startAlone("a");
    List<Cluster> nodes = new ArrayList<>(List.of(a));
    int files = 1;
    for (int deleted = 1; deleted <= files; deleted++) {
      String name = "b" + deleted;
      elsewhere.startAlone(name).close();
      Path folder = ClusterFile.folder(elsewhere.seat(name).data());
      List<Path> paths = paths(folder);
      files = paths.size();
      for (Path path : paths.subList(0, deleted)) {
        Files.delete(path);
      }
      nodes.add(Lab.up(elsewhere.node(name, lab.at("a"))));
      awaitAgreement(nodes.size(), nodes.toArray(new Cluster[0]));
    }
  }

  /** In the order in which they are deleted. */
  private static List<Path> paths(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.sorted(Comparator.reverseOrder()).toList();
    }
  }
}
