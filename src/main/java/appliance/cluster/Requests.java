package appliance.cluster;

import appliance.model.NodeId;
import appliance.runtime.Loop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Brings what a person wishes for to the cluster, and tries again for a while when there is no leader.
 * Fails with a {@link ClusterRefusal} only. Any thread.
 */
final class Requests {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Loop loop;
  private final Supplier<Optional<Session>> sessions;

  Requests(Loop loop, Supplier<Optional<Session>> sessions) {
    this.loop = loop;
    this.sessions = sessions;
  }

  CompletionStage<Void> aboutMember(String node, BiFunction<Situation, NodeId, Command> command) {
    return make(now -> command.apply(now, named(now, node)));
  }

  static NodeId named(Situation now, String node) {
    return now.state()
        .named(node)
        .map(Entry::id)
        .orElseThrow(() -> new ClusterRefusal("there is no node '" + node + "'; the nodes are "
            + String.join(
                ", ",
                now.state().members().values().stream()
                    .map(Entry::name)
                    .sorted()
                    .toList())));
  }

  /** Has the command agreed on that {@code command} makes of the situation. */
  CompletionStage<Void> make(Function<Situation, Command> command) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    attempt(command, done, System.nanoTime() + PATIENCE.toNanos());
    return done;
  }

  private void attempt(
      Function<Situation, Command> command, CompletableFuture<Void> done, long deadline) {
    Optional<Session> session = sessions.get();
    if (session.isEmpty()) {
      done.completeExceptionally(new ClusterRefusal("this node is not in the cluster now"));
      return;
    }
    byte[] encoded;
    try {
      encoded = command.apply(session.get().situation()).encode();
    } catch (ClusterRefusal e) {
      done.completeExceptionally(e);
      return;
    } catch (IllegalArgumentException e) {
      done.completeExceptionally(new ClusterRefusal(String.valueOf(e.getMessage())));
      return;
    }
    session.get().consensus().submit(encoded).whenComplete((refusal, e) -> {
      if (e == null && refusal.isEmpty()) {
        done.complete(null);
      } else if (e == null) {
        done.completeExceptionally(new ClusterRefusal(refusal));
      } else if (System.nanoTime() - deadline > 0) {
        done.completeExceptionally(new ClusterRefusal(
            "the cluster cannot decide now: " + e.getMessage() + "; is a majority of nodes up?"));
      } else {
        loop.after(PAUSE, () -> attempt(command, done, deadline));
      }
    });
  }
}
