package appliance.edge.health;

import appliance.model.CheckResult;
import appliance.model.Health;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/**
 * The health of one application: active checks with fall and rise, and ejection after failed requests.
 * Belongs to the loop of {@link Apps}, or of {@link GroupHealth}; knows no I/O.
 */
final class AppHealth {

  private static final int EJECTION_GROWTH_MAX = 10;

  private final HealthRules rules;
  private final Clock clock;

  private boolean known;
  private boolean passing;
  private int goodInRow;
  private int badInRow;
  private int busyInRow;

  /** Whether it is out for no other reason than that nobody was there. */
  private boolean absent;

  private String cause = "not checked yet";
  private Instant since;
  private Instant ejectedUntil = Instant.MIN;
  private int ejections;

  AppHealth(HealthRules rules, Clock clock) {
    this.rules = rules;
    this.clock = clock;
    since = clock.instant();
  }

  /** What a check has come to. */
  void checked(CheckResult result) {
    switch (result.verdict()) {
      case PASSED -> good();
      case BUSY -> busy();
      case ABSENT -> bad(result.why(), true);
      case FAILED -> bad(result.why());
    }
  }

  /** A check that was answered. */
  void good() {
    badInRow = 0;
    busyInRow = 0;
    goodInRow = ejected() ? 0 : goodInRow + 1; // it passed them while it failed requests, too
    if (!passing && (!known || goodInRow >= rules.rise())) {
      known = true;
      passing = true;
    }
    if (passing && !ejected() && goodInRow > rules.rise() * 30) {
      ejections = 0;
    }
  }

  /** A check that was not answered, or with a server error. */
  void bad(String why) {
    bad(why, false);
  }

  private void bad(String why, boolean nobody) {
    goodInRow = 0;
    busyInRow = 0;
    badInRow++;
    if (!passing || badInRow >= rules.fall()) {
      down(why, nobody);
    }
  }

  /**
   * A check that was put off by one that is there, gets on, and has no place free. It counts for nothing, or an
   * application that answers errors would be back as soon as there is much to do. But one of which nothing bad
   * is known, as it is new or was not there, may be busy for as long as others send it requests: after as many in a
   * row as bad ones would take it out it counts as working. The next that is not put off tells.
   */
  void busy() {
    if (!passing && (!known || absent)) {
      busyInRow++;
      if (busyInRow >= rules.fall()) {
        known = true;
        passing = true;
        badInRow = 0;
      }
    }
  }

  /** A connection that could not be made: nobody is there, so no further check is awaited. */
  void unreachable(String why) {
    goodInRow = 0;
    busyInRow = 0;
    badInRow = rules.fall();
    down(why, true);
  }

  private void down(String why, boolean nobody) {
    absent = nobody && (absent || passing || !known);
    if (passing || !known || !cause.equals(why)) {
      since = passing || !known ? clock.instant() : since;
      cause = why;
    }
    known = true;
    passing = false;
    // From here on the checks tell when it is back; an ejection is for one that passes them.
    ejectedUntil = Instant.MIN;
  }

  /**
   * Too many failures in a row: out for a while, longer each time.
   *
   * @param what they were
   * @param last why the last of them failed
   */
  void eject(String what, String last) {
    goodInRow = 0;
    ejections = Math.min(ejections + 1, EJECTION_GROWTH_MAX);
    Duration out = rules.ejection().multipliedBy(ejections);
    ejectedUntil = clock.instant().plus(out);
    since = clock.instant();
    cause = rules.failures() + " " + what + " in a row, the last: " + last;
  }

  /** Half of them at most: failures everywhere have another cause than the applications. */
  static boolean mayEjectOneMore(Stream<AppHealth> all) {
    List<AppHealth> working = all.filter(AppHealth::passing).toList();
    long out = working.stream().filter(AppHealth::ejected).count();
    return 2 * (out + 1) <= working.size();
  }

  /** Whether anything has been learned yet. */
  boolean known() {
    return known;
  }

  /** Whether the checks are good, ejected or not. */
  boolean passing() {
    return passing;
  }

  boolean ejected() {
    return clock.instant().isBefore(ejectedUntil);
  }

  /** Why it is left out, if it is; without the time. */
  String cause() {
    return cause;
  }

  Health health() {
    if (passing && !ejected()) {
      return Health.HEALTHY;
    }
    if (!known) {
      return Health.unhealthy(cause);
    }
    LocalTime time = LocalTime.ofInstant(since, ZoneId.systemDefault());
    return Health.unhealthy(cause + " since " + time.truncatedTo(ChronoUnit.SECONDS));
  }
}
