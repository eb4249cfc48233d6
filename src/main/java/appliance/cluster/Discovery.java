package appliance.cluster;

import appliance.cluster.join.DiscoveryClient;
import appliance.cluster.join.DiscoveryServer;
import appliance.cluster.join.Greeting;
import appliance.cluster.join.Heard;
import appliance.cluster.join.Hint;
import appliance.cluster.join.Identity;
import appliance.cluster.join.JoinRequests;
import appliance.cluster.join.Joining;
import appliance.cluster.join.Newcomers;
import appliance.cluster.join.Plan;
import appliance.cluster.join.Ports;
import appliance.cluster.join.Reception;
import appliance.cluster.join.Waits;
import appliance.cluster.mastery.Lease;
import appliance.cluster.mastery.Situation;
import appliance.cluster.raft.Consensus;
import appliance.cluster.state.ClusterFile;
import appliance.cluster.state.MemberMark;
import appliance.config.ClusterConfig;
import appliance.model.ClusterView;
import appliance.model.HostPort;
import appliance.runtime.ExitCode;
import appliance.runtime.FileTrouble;
import appliance.runtime.Loop;
import appliance.runtime.Published;
import appliance.runtime.StartFailure;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How this node and the others come together: answers those that look for a cluster, looks for one
 * itself, and keeps an eye on strangers of the same name. The starting thread meets, and a loop of its own
 * watches.
 */
final class Discovery implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Discovery.class);

  private static final Duration CONNECT_MAX = Duration.ofSeconds(15);
  private static final Duration QUORUM_MAX = Duration.ofSeconds(3);
  private static final Duration WATCH = Duration.ofSeconds(1);
  private static final Duration HEAR = Duration.ofMillis(300);

  private final Session.Node node;
  private final ClusterConfig config;
  private final Identity identity;
  private final DiscoveryClient discoveryClient;
  private final Loop loop = new Loop("cluster-watch", 100);
  private final Heard heardOf = new Heard();
  private final Newcomers newcomers = new Newcomers(System::nanoTime);
  private final Waits waits;
  private final Joining joining;
  private final ForeignClusters foreign;
  private final JoinRequests asking;
  private final Ports ports;
  private final Hint hint;
  private final GivenUp givenUp;
  private @Nullable DiscoveryServer discoveryServer;
  private volatile Supplier<Optional<Session>> sessions = Optional::empty;
  private volatile Optional<ClusterFile> starting = Optional.empty();
  private Optional<UUID> foundedHere = Optional.empty();
  private volatile Founder founder = Founder.NOT;

  Discovery(Session.Node node, JoinRequests asking, Published<ClusterView> views) {
    this.node = node;
    config = node.config();
    identity = new Identity(config, node.self(), node.trust());
    discoveryClient = new DiscoveryClient(node.trust());
    this.asking = asking;
    ports = new Ports(config);
    givenUp = new GivenUp(config.data());
    hint = new Hint(config, heardOf::add);
    waits = new Waits(views, config.cluster(), node.self());
    joining = new Joining(identity, discoveryClient, heardOf::now, waits);
    foreign = new ForeignClusters(config.cluster(), joining);
  }

  Founder founder() {
    return founder;
  }

  /** The cluster that this node has founded is being given up. */
  void dissolves() {
    founder = Founder.NOT;
  }

  /**
   * Keeps that cluster until this node is in another one. Stays in it if it has come to hold something since
   * it was looked at: with the session over, nothing more can.
   */
  void putAside(Session old) throws IOException {
    if (!node.holdings().now() && old.provisional()) {
      givenUp.putAside();
    } else {
      log.info("This node's own cluster holds something by now, and goes on");
    }
  }

  /** Takes the ports, or says which one is taken. */
  void open(Supplier<Optional<Session>> current) {
    sessions = current;
    InetAddress bind = ports.bind();
    ports.probe(bind, config.port());
    int port = config.port() + DiscoveryServer.PORT_OFFSET;
    try {
      Reception reception = new Reception(identity, asking, () -> sessions.get(), () -> starting);
      discoveryServer = new DiscoveryServer(config.cluster(), node.trust(), (question, caller) -> {
        boolean believable = question.name().equals(config.cluster())
            && !question.id().equals(node.self())
            && question.listens().host().equals(caller.address().getHostAddress());
        if (believable) {
          heardOf.add(question.listens());
        }
        Greeting.Answer answer = reception.answer(question, caller);
        if (believable && question.cluster().isEmpty() && answer.open()) {
          newcomers.expect(question.listens());
        }
        return answer;
      });
      discoveryServer.open(bind, port);
    } catch (IOException e) {
      throw ports.taken(port, e);
    }
    if (multicasts()) {
      hint.open(bind);
      hear();
    }
  }

  private boolean multicasts() {
    return config.peers().isEmpty() && !config.address().isLoopback();
  }

  /** Gives others on the network a moment to call back; they do so on hearing this node's call. */
  private void hear() {
    long deadline = System.nanoTime() + HEAR.toNanos();
    try {
      for (int i = 0; heardOf.now().isEmpty() && System.nanoTime() - deadline < 0; i++) {
        if (i % 30 == 0) {
          hint.call();
        }
        TimeUnit.MILLISECONDS.sleep(5);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Joins or founds; returns with a connected session. */
  Session meet(Lease lease, Consensus.Watcher watcher) throws InterruptedException {
    long deadline = 0;
    String trouble = "";
    while (true) {
      Session session = null;
      try {
        Recovery.finish(config.data());
        givenUp.finish();
        Plan plan = decide(); // may wait for other nodes as long as it takes
        waits.over();
        deadline = deadline == 0 ? System.nanoTime() + CONNECT_MAX.toNanos() : deadline;
        if (plan.newcomer() || plan.founds()) {
          ClusterFile.delete(config.data());
        }
        starting = Optional.of(plan.file()).filter(file -> !plan.newcomer());
        session = new Session(node, trouble.isEmpty() ? plan.byFewHosts() : plan, lease, watcher);
        session.connect();
        if (!plan.newcomer() || session.situation().reachable().size() > 1) {
          foundedHere = plan.founds() ? Optional.of(plan.file().cluster()) : foundedHere;
          founder = founder(plan.file());
          return session;
        }
        trouble = "its members did not answer on their cluster port";
      } catch (Consensus.ConnectFailure e) {
        failOnPort(e);
        if (!trouble.equals(e.getMessage())) {
          trouble = String.valueOf(e.getMessage());
          log.info("The cluster could not be joined yet: {}", trouble);
        }
      } catch (IOException e) {
        throw unusable(e);
      }
      if (session != null) {
        session.close();
      }
      if (System.nanoTime() - deadline > 0) {
        if (givesUp()) {
          goBack();
          deadline = 0;
          continue;
        }
        throw new StartFailure(
            ExitCode.NOT_NOW,
            "the cluster '" + config.cluster() + "' could not be joined: " + trouble);
      }
      waits.on("its members to take it in", "So far: " + trouble);
      TimeUnit.MILLISECONDS.sleep(250);
    }
  }

  private Founder founder(ClusterFile file) {
    if (!file.founder()) {
      return Founder.NOT;
    }
    return foundedHere.equals(Optional.of(file.cluster())) ? Founder.NOW : Founder.EARLIER;
  }

  /** Joins the other cluster, or goes on with the own one, if that is being given up. */
  private Plan decide() throws IOException, InterruptedException {
    Optional<ClusterFile> own = givenUp.file();
    if (own.isEmpty()) {
      return joining.decide();
    }
    Optional<Plan> other = elsewhere(own.get());
    if (other.isEmpty()) {
      goBack();
    }
    return other.isPresent() ? other.get() : joining.decide();
  }

  private Optional<Plan> elsewhere(ClusterFile own) throws IOException, InterruptedException {
    try {
      return joining.elsewhere(own, ClusterFile.read(config.data()));
    } catch (StartFailure e) {
      log.warn("The other cluster does not take this node in: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** Whether this node is between the cluster that it has founded and another one. */
  boolean givesUp() {
    try {
      return givenUp.file().isPresent();
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /** Leaves the other cluster, which may not know of it, for the own one. */
  void goBack() {
    try {
      givenUp.restore();
    } catch (IOException e) {
      throw unusable(e);
    }
    foreign.vanished();
    log.warn(
        "The other cluster is gone, or does not take this node in: this node goes on with its own");
  }

  /** This node is in the cluster that it has joined: what it has given up for that is void. */
  void entered(ClusterFile joined) {
    try {
      givenUp.drop();
      MemberMark.put(config.data(), joined);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private StartFailure unusable(IOException e) {
    return new StartFailure(
        ExitCode.DATA_FOLDER,
        "the data folder " + config.data() + " cannot be used: " + FileTrouble.of(e),
        e);
  }

  private void failOnPort(Consensus.ConnectFailure e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException bound) {
        throw ports.taken(config.port(), bound);
      }
    }
  }

  /** Waits until the cluster knows this node; a returning member goes on without if nobody decides. */
  void awaitAnnounced(Session session) throws InterruptedException {
    boolean returning = !session.newcomer() && founder != Founder.NOW;
    boolean leaves = session.newcomer() && givesUp();
    long now = System.nanoTime();
    long deadline = now + (returning ? QUORUM_MAX : CONNECT_MAX).toNanos();
    long inTouch = now;
    while (!session.presence().announced()) {
      now = System.nanoTime();
      if (!session.presence().refusal().isEmpty()) {
        throw new StartFailure(ExitCode.CLUSTER, session.presence().refusal());
      }
      if (session.consensus().failed()) {
        throw new StartFailure(ExitCode.DATA_FOLDER, "the cluster's log cannot be written");
      }
      inTouch = session.situation().reachable().size() > 1 ? now : inTouch;
      boolean gone = leaves && now - inTouch > QUORUM_MAX.toNanos();
      if (gone || now - deadline > 0) {
        if (returning) {
          warnAlone(session.situation());
          return;
        }
        throw new StartFailure(
            ExitCode.NOT_NOW,
            "the cluster '" + config.cluster()
                + "' does not answer: a majority of its nodes must be"
                + " up for another one to join");
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  private static void warnAlone(Situation now) {
    String shortage = now.shortage(false).words();
    if (shortage.isEmpty()) {
      log.warn(
          "The cluster has not taken this node in yet: until it does, this node serves reads only");
    } else {
      log.warn(
          "There is no majority of the cluster yet, and so no master: this node serves reads only. {}",
          shortage);
    }
  }

  /** Looks out for other clusters of the same name, and calls {@code dissolve} if this one is to end. */
  void watch(Runnable dissolve) {
    loop.every(WATCH, () -> sessions.get().ifPresent(session -> lookAround(session, dissolve)));
  }

  private void lookAround(Session session, Runnable dissolve) {
    Situation now = session.situation();
    if (multicasts()) {
      hint.call();
    }
    Set<HostPort> hosts = new HashSet<>(config.peers());
    hosts.addAll(heardOf.take());
    hosts.remove(config.address());
    hosts.removeAll(newcomers.expected());
    now.state().members().values().stream()
        .filter(m -> now.isReachable(m.id()))
        .forEach(m -> hosts.remove(m.endpoints().cluster()));
    List<DiscoveryClient.Reply> replies =
        discoveryClient.ask(hosts, joining.question(Optional.of(session.file())));
    replies.stream() // whoever has answered is asked again
        .filter(reply -> reply.answer().name().equals(config.cluster()))
        .forEach(reply -> heardOf.add(reply.host()));
    foreign.better(session.file(), session.provisional(), replies).ifPresent(other -> {
      List<HostPort> there =
          new ArrayList<>(other.hosts()); // where it looks for the one that it joins
      Collections.reverse(
          there); // so that the first, which lets in, is not forgotten for the others
      there.forEach(heardOf::add);
      dissolve.run();
    });
  }

  /** Which other cluster of the same name is there, and why they stay apart; empty if there is none. */
  String apart() {
    return foreign.apart();
  }

  /** Stops looking around; still answers. */
  @Override
  public void close() {
    loop.close();
    discoveryClient.close();
  }

  /** Stops answering. */
  void bye() {
    hint.close();
    if (discoveryServer != null) {
      discoveryServer.close();
    }
  }
}
