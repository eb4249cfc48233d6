package appliance.cluster;

import appliance.cluster.join.Membership;
import appliance.cluster.mastery.Situation;
import appliance.cluster.state.Command;
import appliance.cluster.state.Entry;
import appliance.model.NodeId;
import appliance.runtime.Loop;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what a person wishes for to the cluster, and tries again for a while when there is no leader.
 * Fails with a {@link ClusterRefusal} only. Any thread.
 */
final class Requests implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Requests.class);

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final String CLOSING = "this node is closing";

  private final Loop loop;
  private final Supplier<? extends Optional<? extends Membership>> sessions;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();
  private volatile boolean closing;

  Requests(Loop loop, Supplier<? extends Optional<? extends Membership>> sessions) {
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
    CompletionStage<Void> stage = done;
    long number = numbers.incrementAndGet();
    waiting.put(number, done);
    stage.whenComplete((nothing, e) -> waiting.remove(number));
    new Wish(command, done, System.nanoTime() + PATIENCE.toNanos()).attempt();
    return stage;
  }

  /**
   * One request and its tries, which follow each other. What it means is settled once for each cluster: an
   * answer may have been lost, and then a second try must not say something else.
   */
  private final class Wish {
    private final Function<Situation, Command> command;
    private final CompletableFuture<Void> done;
    private final long deadline;
    private volatile @Nullable Settled settled;

    private record Settled(Membership in, Command command) {}

    Wish(Function<Situation, Command> command, CompletableFuture<Void> done, long deadline) {
      this.command = command;
      this.done = done;
      this.deadline = deadline;
    }

    void attempt() {
      try {
        if (closing) {
          throw new ClusterRefusal(CLOSING);
        }
        Membership now = sessions
            .get()
            .orElseThrow(() -> new ClusterRefusal("this node is not in the cluster now"));
        now.consensus().submit(settled(now).encode()).whenComplete((refusal, e) -> {
          if (e != null) {
            again(e);
          } else if (refusal.isEmpty()) {
            done.complete(null);
          } else {
            done.completeExceptionally(new ClusterRefusal(refusal));
          }
        });
      } catch (ClusterRefusal e) {
        done.completeExceptionally(e);
      } catch (RuntimeException e) {
        log.debug("A request failed", e);
        done.completeExceptionally(new ClusterRefusal(String.valueOf(e.getMessage())));
      }
    }

    private Command settled(Membership now) {
      Settled before = settled;
      if (before != null && before.in.equals(now)) {
        return before.command;
      }
      Command made = command.apply(now.situation());
      settled = new Settled(now, made);
      return made;
    }

    private void again(Throwable failure) {
      if (System.nanoTime() - deadline > 0) {
        done.completeExceptionally(new ClusterRefusal("the cluster cannot decide now: "
            + failure.getMessage() + "; is a majority of nodes up?"));
        return;
      }
      try {
        loop.after(PAUSE, this::attempt);
      } catch (RejectedExecutionException e) {
        done.completeExceptionally(new ClusterRefusal(CLOSING));
      }
    }
  }

  /** Ends those that wait: the loop that would try them again is about to end. */
  @Override
  public void close() {
    closing = true;
    waiting.values().forEach(done -> done.completeExceptionally(new ClusterRefusal(CLOSING)));
  }
}
