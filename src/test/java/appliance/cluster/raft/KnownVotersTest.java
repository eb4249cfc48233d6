package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.model.NodeId;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class KnownVotersTest {

  private final NodeId a = NodeId.random();
  private final NodeId b = NodeId.random();
  private final KnownVoters voters = new KnownVoters();

  @Test
  void a_list_that_is_just_being_replaced_counts_for_nothing() {
    assertEquals(Set.of(), voters.of(List.of()));
    assertEquals(Set.of(), voters.of(Arrays.asList(a.toString(), null)), "none was known before");
    assertEquals(Set.of(a), voters.of(List.of(a.toString())));
    assertEquals(Set.of(a), voters.of(List.of()));
    assertEquals(Set.of(a), voters.of(Arrays.asList(null, b.toString())));
    assertEquals(Set.of(a, b), voters.of(List.of(b.toString(), a.toString())));
    assertEquals(Set.of(b), voters.of(List.of(b.toString())));
  }
}
