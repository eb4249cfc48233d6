package appliance.cluster;

import appliance.cluster.mastery.Situation;
import appliance.cluster.raft.Timing;
import appliance.cluster.state.Command;
import appliance.cluster.state.Entry;
import appliance.cluster.state.MasterCommand;
import appliance.cluster.state.Mastership;
import appliance.cluster.state.MemberCommand;
import appliance.model.NodeId;
import appliance.runtime.Loop;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How this node takes its leave, so that nobody has to find out: the mastership is handed over first, and
 * then the others are told to send nothing more. The thread that ends the node runs it; each step has a
 * limit, since there may be no majority to tell.
 */
final class Departure {

  private static final Logger log = LoggerFactory.getLogger(Departure.class);

  private static final long WORD_MILLIS_MAX = 1500;
  private static final long PAUSE_MILLIS = 5;

  private final NodeId self;
  private final Timing timing;

  Departure(NodeId self, Timing timing) {
    this.self = self;
    this.timing = timing;
  }

  /**
   * Takes the leave of this session.
   *
   * @param loop owns the session's right to write
   */
  void of(Session session, Loop loop) {
    try {
      handOver(session);
      CompletableFuture<Void> stopped = new CompletableFuture<>();
      loop.execute(() -> {
        session.presence().leave();
        session.mastery().leave();
        stopped.complete(null);
      });
      stopped.get(WORD_MILLIS_MAX, TimeUnit.MILLISECONDS); // the others count on it from then on
      leave(session);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
      log.warn("This node leaves without a word, as it is too busy: {}", e.toString());
    }
  }

  /** Makes another node master, if this one is and there is one; returns when it is, or cannot be. */
  private void handOver(Session session) throws InterruptedException {
    Situation now = session.situation();
    Mastership mastership = now.state().mastership();
    Optional<NodeId> next = now.successor().map(Entry::id);
    if (!mastership.heldBy(self) || next.isEmpty() || now.progress().leader().isEmpty()) {
      return;
    }
    if (say(session, new MasterCommand.HandOver(mastership.epoch(), next.get()))) {
      await(
          () -> session.situation().state().mastership().epoch().compareTo(mastership.epoch()) > 0,
          timing.finish().toMillis() + WORD_MILLIS_MAX);
    }
  }

  /** Tells the others that this node ends; its right to write has ended before. */
  private void leave(Session session) throws InterruptedException {
    Situation before = session.situation();
    boolean master = before.state().mastership().heldBy(self);
    if (before.own().isEmpty() || before.progress().leader().isEmpty()) {
      return;
    }
    boolean heard = say(session, new MemberCommand.Leave(self, session.run()));
    boolean successor = before.candidates().stream().anyMatch(m -> !m.id().equals(self));
    if (heard && master && successor) {
      await(
          () -> session.situation().state().mastership().phase() != Mastership.Phase.VACANT,
          WORD_MILLIS_MAX);
    }
  }

  private static boolean say(Session session, Command command) throws InterruptedException {
    try {
      String refusal = session
          .consensus()
          .submit(command.encode())
          .toCompletableFuture()
          .get(WORD_MILLIS_MAX, TimeUnit.MILLISECONDS);
      if (!refusal.isEmpty()) {
        log.info("This node leaves, although {}", refusal);
      }
      return refusal.isEmpty();
    } catch (ExecutionException | TimeoutException e) {
      log.info("This node leaves without a word: no majority answers ({})", e.getMessage());
      return false;
    }
  }

  private static void await(BooleanSupplier condition, long millisMax) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millisMax);
    while (!condition.getAsBoolean() && System.nanoTime() - deadline < 0) {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
  }
}
