package appliance.replication;

import appliance.model.GtidPosition;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How old the replica's data is. Once a second it asks the master for its position, because binlog
 * times are whole seconds of another clock.
 *
 * <p>The lag is 0 when the replica has all that the master had at the last question; else the time
 * since the first question whose answer the replica has not reached yet, so it may be up to one second
 * short; and when the master has not answered for five seconds, the time since it last did. It is -1
 * before the first answer.
 */
final class LagMeter {

  private static final Logger log = LoggerFactory.getLogger(LagMeter.class);

  private static final int ANSWERS_MAX = 1_000;
  private static final long SILENCE_NANOS = 5_000_000_000L;
  private static final int ANSWER_TIMEOUT_MILLIS = 3_000;

  /** What the master said, and when. */
  record Answer(GtidPosition position, long nanos) {}

  /** The answers not reached at the last question, oldest first, and the time of the last one. */
  private record Answers(List<Answer> unreached, long lastNanos) {}

  private final Master master;
  private final LongSupplier nanoTime;
  private volatile @Nullable Answers answers;
  private @Nullable Connection session;

  LagMeter(Master master, LongSupplier nanoTime) {
    this.master = master;
    this.nanoTime = nanoTime;
  }

  /** Asks the master; called by one thread, again and again while the replica runs. */
  void ask(GtidPosition reached) {
    try {
      if (session == null) {
        session = master.connect();
        session.setNetworkTimeout(Runnable::run, ANSWER_TIMEOUT_MILLIS);
      }
      answered(Master.position(session), reached);
    } catch (SQLException | RuntimeException e) {
      log.debug("The master did not tell its position", e);
      close();
    }
  }

  void answered(GtidPosition position, GtidPosition reached) {
    List<Answer> unreached = new ArrayList<>();
    Answers before = answers;
    if (before != null) {
      before.unreached().stream()
          .filter(answer -> !reached.covers(answer.position()))
          .forEach(unreached::add);
    }
    long now = nanoTime.getAsLong();
    if (unreached.size() >= ANSWERS_MAX) {
      unreached.remove(unreached.size() - 1);
    }
    unreached.add(new Answer(position, now));
    answers = new Answers(List.copyOf(unreached), now);
  }

  long lagMillis(GtidPosition reached) {
    Answers known = answers;
    if (known == null) {
      return -1;
    }
    long now = nanoTime.getAsLong();
    for (Answer answer : known.unreached()) {
      if (!reached.covers(answer.position())) {
        return (now - answer.nanos()) / 1_000_000;
      }
    }
    long silence = now - known.lastNanos();
    return silence > SILENCE_NANOS ? silence / 1_000_000 : 0;
  }

  /** Whether {@code reached} is all that the master had when it answered, at most so long ago. */
  boolean level(GtidPosition reached, long nanosMax) {
    Answers known = answers;
    return known != null
        && nanoTime.getAsLong() - known.lastNanos() <= nanosMax
        && known.unreached().stream().allMatch(answer -> reached.covers(answer.position()));
  }

  void close() {
    Connection open = session;
    session = null;
    if (open != null) {
      try {
        open.abort(Runnable::run);
      } catch (SQLException e) {
        log.debug("A session of the master did not close", e);
      }
    }
  }
}
