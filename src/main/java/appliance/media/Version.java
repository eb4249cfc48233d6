package appliance.media;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * Which changes of a path led to a content: for each author its last change, a version vector whose
 * counters also grow along every chain of changes (Lamport). The highest one is the change itself.
 *
 * @param dots one per author, ordered by author; at least one, at most {@link #DOTS_MAX}
 */
record Version(List<Dot> dots) {

  /** More authors of one path than this forget the oldest; that costs only a needless copy kept. */
  static final int DOTS_MAX = 32;

  /**
   * One change.
   *
   * @param author the index in which it was first written: one life of one node's memory
   * @param counter greater than that of every change it was made upon; 0 for a file whose history
   *     nobody knows, so that it never wins over one with a history
   */
  record Dot(UUID author, long counter) {

    Dot {
      if (counter < 0 || counter > Long.MAX_VALUE / 2) {
        throw new IllegalArgumentException("counter out of range: " + counter);
      }
    }
  }

  Version {
    dots = List.copyOf(dots);
    if (dots.isEmpty() || dots.size() > DOTS_MAX) {
      throw new IllegalArgumentException("a version has 1 to " + DOTS_MAX + " dots");
    }
    for (int i = 1; i < dots.size(); i++) {
      if (dots.get(i - 1).author().compareTo(dots.get(i).author()) >= 0) {
        throw new IllegalArgumentException("dots are ordered by author, one for each");
      }
    }
  }

  /** A file found on disk that no index knows. */
  static Version unknownHistory(UUID author) {
    return new Version(List.of(new Dot(author, 0)));
  }

  static Version first(UUID author) {
    return new Version(List.of(new Dot(author, 1)));
  }

  /** A change by {@code author} made upon this one. */
  Version next(UUID author) {
    List<Dot> next = new ArrayList<>(dots);
    next.removeIf(dot -> dot.author().equals(author));
    if (next.size() == DOTS_MAX) {
      next.remove(next.stream().min(Comparator.comparingLong(Dot::counter)).orElseThrow());
    }
    next.add(new Dot(author, last().counter() + 1));
    next.sort(Comparator.comparing(Dot::author));
    return new Version(next);
  }

  /** Knows all that both know; its last change is the later of theirs. */
  Version merged(Version other) {
    java.util.TreeMap<UUID, Dot> all = new java.util.TreeMap<>();
    dots.forEach(dot -> all.put(dot.author(), dot));
    other.dots.forEach(
        dot -> all.merge(dot.author(), dot, (a, b) -> a.counter() >= b.counter() ? a : b));
    while (all.size() > DOTS_MAX) {
      all.remove(all.values().stream()
          .min(Comparator.comparingLong(Dot::counter))
          .orElseThrow()
          .author());
    }
    return new Version(List.copyOf(all.values()));
  }

  /** The change itself. */
  Dot last() {
    return dots.stream().max(Comparator.comparingLong(Dot::counter)).orElseThrow();
  }

  /** Whether {@code change} is this one or one that it was made upon. */
  boolean knows(Dot change) {
    return dots.stream()
        .anyMatch(dot -> dot.author().equals(change.author()) && dot.counter() >= change.counter());
  }
}
