package appliance.edge.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import appliance.model.NodeId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ExclusionsTest {

  private final NodeId a = NodeId.random();
  private final NodeId b = NodeId.random();
  private final Deque<Runnable> passing = new ArrayDeque<>();
  private final Exclusions exclusions = new Exclusions(passing::add, Runnable::run);

  private void leaveOut(NodeId... members) {
    Set<NodeId> out = Set.of(members);
    exclusions.before(out);
    exclusions.after(out);
  }

  private void threadsPass() {
    Objects.requireNonNull(passing.poll()).run();
  }

  @Test
  void a_member_is_surely_left_out_once_every_thread_has_passed_the_change() {
    leaveOut(a);
    assertEquals(Set.of(), exclusions.sure());
    threadsPass();
    assertEquals(Set.of(a), exclusions.sure());
    leaveOut(a);
    assertEquals(0, passing.size(), "nothing has changed");
  }

  @Test
  void a_member_that_may_get_requests_again_is_not_sure_from_that_moment_on() {
    leaveOut(a);
    leaveOut(b);
    threadsPass();
    assertEquals(Set.of(), exclusions.sure(), "the passed change is not the last one");
    threadsPass();
    assertEquals(Set.of(b), exclusions.sure());
    leaveOut();
    assertEquals(Set.of(), exclusions.sure());
    leaveOut(b);
    assertEquals(Set.of(), exclusions.sure());
    threadsPass();
    assertEquals(Set.of(), exclusions.sure());
    threadsPass();
    assertEquals(Set.of(b), exclusions.sure());
  }
}
