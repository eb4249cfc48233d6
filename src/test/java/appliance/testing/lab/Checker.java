package appliance.testing.lab;

import appliance.testing.lab.History.Ack;
import appliance.testing.lab.History.Entry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tells from a {@link History} whether there were two masters: each epoch has one writer, what was
 * acknowledged in one epoch was written before anything of the next, no application saw an epoch fall,
 * and all that was acknowledged is there, once. What was written to public hosts may be any node's. Whatever
 * was acknowledged in one epoch was written before any application was given anything of the next.
 */
public final class Checker {

  private static final int SHOWN_MAX = 20;

  private final List<String> wrong = new ArrayList<>();
  private long overlapNanos;

  /**
   * @param wrong what was broken, in words; empty if nothing was
   * @param overlapNanos for how long two epochs acknowledged writes at the same time
   */
  public record Verdict(List<String> wrong, long overlapNanos, int acknowledged, int epochs) {

    public Verdict {
      wrong = List.copyOf(wrong);
    }

    public boolean clean() {
      return wrong.isEmpty();
    }

    @Override
    public String toString() {
      String figures = acknowledged + " acknowledged writes in " + epochs + " epochs, overlap "
          + overlapNanos / 1_000_000.0 + " ms";
      String found = String.join("\n  ", wrong.subList(0, Math.min(wrong.size(), SHOWN_MAX)));
      return clean()
          ? "CLEAN: " + figures
          : "BROKEN (" + wrong.size() + "): " + figures + "\n  " + found;
    }
  }

  private Checker() {}

  public static Verdict check(History history) {
    return new Checker().verdict(history);
  }

  private Verdict verdict(History history) {
    Map<String, List<Entry>> byId = new HashMap<>();
    history
        .entries()
        .forEach(e -> byId.computeIfAbsent(e.id(), id -> new ArrayList<>()).add(e));
    NavigableMap<Long, List<Entry>> byEpoch = new TreeMap<>();
    Set<String> seen = new HashSet<>();
    for (Ack ack : history.acks()) {
      if (!seen.add(ack.id())) {
        wrong.add(ack.id() + " was acknowledged twice");
      }
      List<Entry> found = byId.getOrDefault(ack.id(), List.of());
      acknowledged(ack, found);
      if (!ack.isPublic() && !found.isEmpty()) {
        byEpoch.computeIfAbsent(ack.epoch(), epoch -> new ArrayList<>()).add(found.get(0));
      }
    }
    byEpoch.forEach(this::oneWriter);
    disjoint(byEpoch);
    NavigableMap<Long, Long> begun = new TreeMap<>();
    history.entries().stream()
        .filter(entry -> seen.contains(entry.id()))
        .forEach(entry -> begun.merge(entry.epoch(), entry.got(), Math::min));
    history.acks().stream()
        .forEach(ack -> beforeTheNext(ack, byId.getOrDefault(ack.id(), List.of()), begun));
    history.entries().stream()
        .map(Entry::host)
        .distinct()
        .sorted()
        .forEach(host -> neverFalls(
            host, history.entries().stream().filter(e -> e.host() == host).toList()));
    return new Verdict(wrong, overlapNanos, history.acks().size(), byEpoch.size());
  }

  private void acknowledged(Ack ack, List<Entry> found) {
    if (found.isEmpty()) {
      wrong.add(ack.id() + " was acknowledged in epoch " + ack.epoch() + " and is nowhere");
      return;
    }
    if (found.size() > 1) {
      wrong.add(ack.id() + " was written " + found.size() + " times: " + found);
    }
    Entry entry = found.get(0);
    // In touch with the cluster a node goes on with a public write in the epoch that has come
    // since.
    if (ack.isPublic() ? entry.epoch() > ack.epoch() : entry.epoch() != ack.epoch()) {
      wrong.add(ack.id() + " was written in epoch " + entry.epoch() + " and acknowledged in "
          + ack.epoch());
    }
    if (entry.host() != ack.by()) {
      wrong.add(
          ack.id() + " was written by host " + entry.host() + " and acknowledged by " + ack.by());
    }
    if (entry.got() < ack.sent() || entry.answered() > ack.acked()) {
      wrong.add(ack.id() + " was not written between its sending and its acknowledgement");
    }
  }

  private void beforeTheNext(Ack ack, List<Entry> found, NavigableMap<Long, Long> begun) {
    Map.Entry<Long, Long> next = begun.higherEntry(ack.epoch());
    if (next != null && !found.isEmpty() && found.get(0).answered() > next.getValue()) {
      long late = found.get(0).answered() - next.getValue();
      overlapNanos = Math.max(overlapNanos, late);
      wrong.add(ack.id() + " of epoch " + ack.epoch() + " was written " + late / 1_000_000.0
          + " ms after the first of epoch " + next.getKey());
    }
  }

  private void oneWriter(long epoch, List<Entry> entries) {
    List<Integer> hosts = entries.stream().map(Entry::host).distinct().sorted().toList();
    if (hosts.size() > 1) {
      wrong.add("epoch " + epoch + " has several writers: hosts " + hosts);
    }
  }

  private void disjoint(NavigableMap<Long, List<Entry>> byEpoch) {
    long end = Long.MIN_VALUE;
    long endEpoch = 0;
    for (Map.Entry<Long, List<Entry>> epoch : byEpoch.entrySet()) {
      long first = epoch.getValue().stream().mapToLong(Entry::got).min().orElseThrow();
      long last = epoch.getValue().stream().mapToLong(Entry::answered).max().orElseThrow();
      if (first < end) {
        overlapNanos += Math.min(end, last) - first;
        wrong.add("epochs " + endEpoch + " and " + epoch.getKey() + " overlap by "
            + (Math.min(end, last) - first) / 1_000_000.0 + " ms");
      }
      if (last > end) {
        end = last;
        endEpoch = epoch.getKey();
      }
    }
  }

  private void neverFalls(int host, List<Entry> entries) {
    long highest = 0;
    for (Entry entry :
        entries.stream().sorted(Comparator.comparingLong(Entry::got)).toList()) {
      if (entry.epoch() < highest) {
        wrong.add("host " + host + " was given " + entry.id() + " of epoch " + entry.epoch()
            + " after one of epoch " + highest);
      }
      highest = Math.max(highest, entry.epoch());
    }
  }
}
