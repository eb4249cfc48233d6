package appliance.status;

import appliance.model.ClusterView;
import appliance.model.Member;
import appliance.model.NodeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last known sections of every member: this node's are read when asked for, the others' come by
 * broadcast, once a second. Safe from any thread; owns none.
 */
public final class Roster {

  private static final Logger log = LoggerFactory.getLogger(Roster.class);

  private final Sources sources;
  private final Supplier<ClusterView> view;
  private final LongSupplier nanoClock;
  private final Map<NodeId, News> news = new ConcurrentHashMap<>();
  private final Set<NodeId> garbled = ConcurrentHashMap.newKeySet();

  public Roster(Sources sources, Supplier<ClusterView> view, LongSupplier nanoClock) {
    this.sources = sources;
    this.view = view;
    this.nanoClock = nanoClock;
  }

  /** What to broadcast now; also forgets those who are no longer members. */
  public byte[] message() {
    Set<NodeId> members = view.get().members().stream().map(Member::id).collect(Collectors.toSet());
    news.keySet().retainAll(members);
    garbled.retainAll(members);
    try {
      return NewsCodec.write(sources.read());
    } catch (IOException e) {
      throw new UncheckedIOException("a string writer failed", e);
    }
  }

  /** Takes what {@code from} broadcast; anything but a member's well-formed message is dropped. */
  public void receive(NodeId from, byte[] message) {
    ClusterView now = view.get();
    if (from.equals(now.self()) || now.member(from).isEmpty()) {
      return;
    }
    try {
      news.put(from, new News(NewsCodec.read(message), nanoClock.getAsLong()));
      garbled.remove(from);
    } catch (IOException e) {
      if (garbled.add(from)) {
        log.warn(
            "The status that member {} sends cannot be read ({}); the UI shows its last good one."
                + " Does it run another version?",
            now.member(from).map(Member::name).orElse(from.toString()),
            e.getMessage());
      }
    }
  }

  Optional<News> of(NodeId member) {
    return member.equals(view.get().self())
        ? Optional.of(News.own(sources.read(), nanoClock.getAsLong()))
        : Optional.ofNullable(news.get(member));
  }

  long now() {
    return nanoClock.getAsLong();
  }
}
