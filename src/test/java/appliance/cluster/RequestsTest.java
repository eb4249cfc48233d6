package appliance.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.cluster.join.Membership;
import appliance.cluster.mastery.SilentLog;
import appliance.cluster.mastery.Situation;
import appliance.cluster.raft.Consensus;
import appliance.cluster.state.ClusterCommand;
import appliance.cluster.state.ClusterFile;
import appliance.cluster.state.ClusterState;
import appliance.cluster.state.Command;
import appliance.model.NodeId;
import appliance.runtime.Loop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a request whose answer is lost. */
final class RequestsTest {

  private static final NodeId SELF = new NodeId(new UUID(1, 1));

  private final Loop loop = new Loop("requests", 100);
  private final List<Command> said = new CopyOnWriteArrayList<>();
  private final AtomicInteger made = new AtomicInteger();

  @AfterEach
  void close() {
    loop.close();
  }

  /** Loses the first answer of all. */
  private final class Losing extends SilentLog implements Membership {
    @Override
    public CompletionStage<String> submit(byte[] command) {
      try {
        said.add(Command.decode(command));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return said.size() == 1
          ? CompletableFuture.failedFuture(new TimeoutException("lost"))
          : CompletableFuture.completedFuture("");
    }

    @Override
    public ClusterFile file() {
      return ClusterFile.of("test", new UUID(3, 3), 0);
    }

    @Override
    public Situation situation() {
      return new Situation(SELF, ClusterState.EMPTY, Consensus.Progress.NONE, Map.of(), Map.of());
    }

    @Override
    public Consensus consensus() {
      return this;
    }

    @Override
    public boolean provisional() {
      return false;
    }
  }

  private Command next(Situation now) {
    return new ClusterCommand.Put("of " + now.self(), "try " + made.incrementAndGet(), true);
  }

  @Test
  void a_second_try_says_what_the_first_one_has_said() throws Exception {
    Losing cluster = new Losing();
    Requests requests = new Requests(loop, () -> Optional.of(cluster));
    requests.make(this::next).toCompletableFuture().get(60, TimeUnit.SECONDS);
    assertEquals(2, said.size());
    assertEquals(said.get(0), said.get(1));
  }

  @Test
  void in_another_cluster_it_is_made_of_what_that_one_is() throws Exception {
    Requests requests = new Requests(loop, () -> Optional.of(new Losing()));
    requests.make(this::next).toCompletableFuture().get(60, TimeUnit.SECONDS);
    assertEquals(2, made.get());
  }

  @Test
  void an_error_of_the_program_in_a_request_ends_it_with_the_reason() {
    Requests requests = new Requests(loop, () -> Optional.of(new Losing()));
    CompletableFuture<Void> wrong = requests
        .make(now -> {
          throw new IllegalStateException("wrong");
        })
        .toCompletableFuture();
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> wrong.get(10, TimeUnit.SECONDS));
    assertTrue(e.getCause() instanceof ClusterRefusal, "" + e);
    assertTrue(e.toString().contains("wrong"), "" + e);
  }
}
