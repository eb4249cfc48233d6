package appliance.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.ClusterView;
import appliance.model.Entrants;
import appliance.model.Epoch;
import appliance.model.Health;
import appliance.model.Shortage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the status says where nobody can write, as a majority is missing or the log stands still. */
final class NoMasterStatusTest {

  private String standstill = "";
  private ClusterView view = without(true, Shortage.NONE);
  private final Roster roster =
      new Roster(new Sources(Map.of("cluster", this::cluster)), () -> view, () -> 0);

  private static ClusterView without(boolean quorum, Shortage shortage) {
    return new ClusterView(
        "shop",
        Members.A,
        new Epoch(7),
        Optional.empty(),
        quorum,
        Members.view().members(),
        shortage,
        "",
        false,
        Optional.empty());
  }

  private Section cluster() {
    return Section.builder().text("standstill", standstill).build();
  }

  private Map<String, Object> status() {
    Entrants nobody = new Entrants(List.of(), List.of());
    return new ClusterStatus("a", () -> view, roster, id -> Health.HEALTHY, () -> nobody).read();
  }

  private void warns(String of) {
    Object warnings = status().get("warnings");
    assertTrue(String.valueOf(warnings).contains(of), () -> warnings + " lack: " + of);
  }

  @Test
  void without_a_majority_the_missing_voters_are_named_and_what_to_do() {
    view = without(false, new Shortage(3, List.of("b", "c"), true));
    assertEquals(true, status().get("readOnly"));
    assertEquals(List.of("b", "c"), status().get("missing"));
    warns("1 of 3 voters are in touch");
    warns("missing: b, c. Start them, or mend the network");
    warns("recover --force-new-cluster");
  }

  @Test
  void a_node_that_misses_nobody_tells_what_another_one_says_of_a_majority() {
    warns("nothing can be written."); // nobody knows more
    String news = "{\"cluster\":{\"shortage\":\"2 of 5 voters are in touch\"}}";
    roster.receive(Members.B, news.getBytes(StandardCharsets.UTF_8));
    warns("written: b says that 2 of 5 voters are in touch.");
  }

  @Test
  void a_log_that_stands_still_is_told_with_what_to_do() {
    standstill = "for 24.5 s. Restart it";
    warns("The cluster's log stands still: for 24.5 s. Restart it.");
  }
}
