package appliance.edge.upstream;

import appliance.edge.stats.Answers;
import appliance.edge.stats.Latency;
import appliance.model.Health;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.runtime.HostLookup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One member's application for one site as this edge reaches it, directly or by the member's relay; of a member
 * that has several for the site they count as one to the others, and each is one to the member itself. The counters
 * are written by all I/O threads, the health by {@code Apps} alone.
 */
public final class App {

  public final NodeId member;

  /** The member's, or the URL of one among several. */
  public final String memberName;

  /** What clients that stay, and hashes, know it by: its member, or one among several of it. */
  public final NodeId key;

  /** Empty for the default one. */
  public final String site;

  /** Unresolved if it is a name. */
  public final InetSocketAddress address;

  /** Finds what {@link #address} names. */
  final HostLookup lookup;

  /** Whether {@link #address} is another member's relay. */
  public final boolean relayed;

  /** Whether it is called within this process. */
  public final boolean local;

  /** Requests and upgraded connections under way from here, by both ways together. */
  public final AtomicInteger active;

  public final LongAdder requests = new LongAdder();
  public final LongAdder failures = new LongAdder();
  public final LongAdder retries = new LongAdder();
  public final Answers answers = new Answers();
  public final LongAdder ejections = new LongAdder();

  /** Requests that failed; any answer's head ends it. */
  public final FailureRow failed = new FailureRow();

  /** Answers that it broke off; a whole one ends it. */
  public final FailureRow brokenOff = new FailureRow();

  /** Set while a report of failures waits to be looked at. */
  public final AtomicBoolean reported = new AtomicBoolean();

  private final @Nullable App relay;

  /** From its return into the rotation until it has its full share. */
  public final AtomicBoolean warming = new AtomicBoolean();

  public final Latency latency = new Latency();

  private final AtomicInteger credit = new AtomicInteger();
  private volatile long returnedAt;
  private volatile int weight = 1;
  private volatile boolean retired;
  private volatile Health health = Health.unhealthy("not checked yet");

  /** One that is reached in a single way. */
  public App(NodeId member, String memberName, Reach reach) {
    this(new Who(member, memberName, member), reach, null, new AtomicInteger());
  }

  /** One of several that this node has for a site. */
  public static App among(NodeId self, URI url, Reach reach) {
    UUID key = UUID.nameUUIDFromBytes((self + " " + url).getBytes(StandardCharsets.UTF_8));
    Who who = new Who(self, url.toASCIIString(), new NodeId(key)); // it comes into headers, too
    return new App(who, reach, null, new AtomicInteger());
  }

  /** The application of a member that is reached directly, but whose writes go by its relay. */
  public static App withRelay(NodeId member, String memberName, Reach direct, Reach relay) {
    AtomicInteger active = new AtomicInteger();
    Who who = new Who(member, memberName, member);
    return new App(who, direct, new App(who, relay, null, active), active);
  }

  private record Who(NodeId member, String name, NodeId key) {}

  private App(Who who, Reach reach, @Nullable App relay, AtomicInteger active) {
    this.relay = relay;
    this.active = active;
    member = who.member;
    memberName = who.name;
    key = who.key;
    site = reach.site();
    address = reach.address();
    lookup = new HostLookup(
        new HostPort(address.getHostString(), address.getPort()), InetAddress::getByName);
    relayed = reach.way() == Reach.Way.RELAY;
    local = reach.way() == Reach.Way.LOCAL;
  }

  /** The way for writes: a pool of connections of its own, the same count of what is under way. */
  public App forWrites() {
    return relay == null ? this : relay;
  }

  /** For logs: whose it is. */
  public String owner() {
    return site.isEmpty() ? memberName : memberName + " for site " + site;
  }

  /** For logs and reasons: where a connection goes. */
  public String where() {
    if (local) {
      return key.equals(member) ? "this node" : memberName;
    }
    String where = address.getHostString() + ":" + address.getPort();
    return relayed ? where + " (relay of " + memberName + ")" : where;
  }

  /** Its share of the requests, against those of the others. */
  public int weight() {
    return weight;
  }

  /** As its member has it. */
  public void weight(int now) {
    weight = now;
  }

  /** When it came back into the rotation, by the monotonic clock. */
  public long returnedAt() {
    return returnedAt;
  }

  public void returnedAt(long nanos) {
    returnedAt = nanos;
  }

  /** Collects {@code share} of a turn; true if a whole one has come together, which is then used. */
  public boolean credit(double share) {
    int whole = 1000;
    int after = credit.addAndGet((int) (share * whole));
    if (after < whole) {
      return false;
    }
    credit.addAndGet(-whole);
    return true;
  }

  public Health health() {
    return health;
  }

  public void health(Health now) {
    health = now;
  }

  /** Whether {@code other} is the same application by the same way. */
  public boolean reachedLike(App other) {
    return member.equals(other.member)
        && memberName.equals(other.memberName)
        && address.equals(other.address)
        && relayed == other.relayed
        && local == other.local
        && forWrites().address.equals(other.forWrites().address);
  }

  /** No longer anyone's: connections to it are not kept. */
  void retire() {
    retired = true;
    if (relay != null) {
      relay.retire();
    }
  }

  boolean retired() {
    return retired;
  }
}
