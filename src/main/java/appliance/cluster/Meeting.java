package appliance.cluster;

import appliance.cluster.join.Arrivals;
import appliance.cluster.join.Asking;
import appliance.cluster.join.Doorbell;
import appliance.cluster.join.Greeting;
import appliance.cluster.join.Hint;
import appliance.cluster.join.Identity;
import appliance.cluster.join.Joining;
import appliance.cluster.join.Ports;
import appliance.cluster.join.Reception;
import appliance.cluster.join.Search;
import appliance.cluster.mastery.Lease;
import appliance.cluster.mastery.Situation;
import appliance.cluster.raft.Consensus;
import appliance.cluster.state.ClusterFile;
import appliance.config.ClusterConfig;
import appliance.model.HostPort;
import appliance.runtime.ExitCode;
import appliance.runtime.Loop;
import appliance.runtime.StartFailure;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How this node and the others come together: answers those that look for a cluster, looks for one
 * itself, and keeps an eye on strangers of the same name. The starting thread meets, and a loop of its own
 * watches.
 */
final class Meeting implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Meeting.class);

  private static final Duration CONNECT_MAX = Duration.ofSeconds(15);
  private static final Duration QUORUM_MAX = Duration.ofSeconds(3);
  private static final Duration WATCH = Duration.ofSeconds(1);
  private static final Duration HEAR = Duration.ofMillis(300);
  private static final int HEARD_MAX = 32;

  private final Session.Node node;
  private final ClusterConfig config;
  private final Identity identity;
  private final Search search;
  private final Loop loop = new Loop("cluster-watch", 100);
  private final Set<HostPort> heardOf = ConcurrentHashMap.newKeySet();
  private final Arrivals arrivals = new Arrivals(System::nanoTime);
  private final Set<UUID> strangers = ConcurrentHashMap.newKeySet();
  private final Joining joining;
  private final Asking asking;
  private final Ports ports;
  private final Hint hint;
  private @Nullable Doorbell doorbell;
  private volatile Supplier<Optional<Session>> sessions = Optional::empty;
  private volatile Optional<ClusterFile> starting = Optional.empty();
  private volatile boolean founded;

  Meeting(Session.Node node, Asking asking) {
    this.node = node;
    config = node.config();
    identity = new Identity(config, node.self(), node.trust());
    search = new Search(node.trust());
    this.asking = asking;
    ports = new Ports(config);
    hint = new Hint(config, this::heard);
    joining = new Joining(identity, search, () -> List.copyOf(heardOf));
  }

  boolean founded() {
    return founded;
  }

  /** The cluster that this node has founded is being given up. */
  void dissolved() {
    founded = false;
  }

  /** Takes the ports, or says which one is taken. */
  void open(Supplier<Optional<Session>> current) {
    sessions = current;
    InetAddress bind = ports.bind();
    ports.probe(bind, config.port());
    int port = config.port() + Doorbell.PORT_OFFSET;
    try {
      Reception reception = new Reception(identity, asking, () -> sessions.get(), () -> starting);
      doorbell = new Doorbell(config.cluster(), node.trust(), (question, caller) -> {
        boolean believable = question.name().equals(config.cluster())
            && !question.id().equals(node.self())
            && question.listens().host().equals(caller.address().getHostAddress());
        if (believable) {
          heard(question.listens());
        }
        Greeting.Answer answer = reception.answer(question, caller);
        if (believable && question.cluster().isEmpty() && answer.open()) {
          arrivals.expect(question.listens());
        }
        return answer;
      });
      doorbell.open(bind, port);
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

  private void heard(HostPort address) {
    if (heardOf.size() < HEARD_MAX) {
      heardOf.add(address);
    }
  }

  /** Gives others on the network a moment to call back; they do so on hearing this node's call. */
  private void hear() {
    long deadline = System.nanoTime() + HEAR.toNanos();
    try {
      for (int i = 0; heardOf.isEmpty() && System.nanoTime() - deadline < 0; i++) {
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
        Joining.Plan plan = joining.decide(); // may wait for other nodes as long as it takes
        deadline = deadline == 0 ? System.nanoTime() + CONNECT_MAX.toNanos() : deadline;
        if (plan.newcomer() || plan.founds()) {
          forget();
        }
        starting = Optional.of(plan.file()).filter(file -> !plan.newcomer());
        session = new Session(node, plan, lease, watcher);
        session.connect();
        if (!plan.newcomer() || session.situation().reachable().size() > 1) {
          founded = plan.founds();
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
        throw new StartFailure(
            ExitCode.DATA_FOLDER,
            "the data folder " + config.data() + " cannot be used: " + e.getMessage(),
            e);
      }
      if (session != null) {
        session.close();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new StartFailure(
            ExitCode.CLUSTER,
            "the cluster '" + config.cluster() + "' could not be joined: " + trouble);
      }
      TimeUnit.MILLISECONDS.sleep(250);
    }
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
    boolean returning = !session.newcomer() && !founded;
    long deadline = System.nanoTime() + (returning ? QUORUM_MAX : CONNECT_MAX).toNanos();
    while (!session.presence().announced()) {
      if (!session.presence().refusal().isEmpty()) {
        throw new StartFailure(ExitCode.CLUSTER, session.presence().refusal());
      }
      if (System.nanoTime() - deadline > 0) {
        if (returning) {
          warnAlone(session.situation());
          return;
        }
        throw new StartFailure(
            ExitCode.CLUSTER,
            "the cluster '" + config.cluster()
                + "' does not answer: a majority of its nodes must be"
                + " up for another one to join");
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  private static void warnAlone(Situation now) {
    log.warn(
        "There is no majority of the cluster yet, and so no master: this node serves reads only. {}",
        now.shortage(false).words());
  }

  /** Deletes what this node has of a cluster. */
  void forget() throws IOException {
    Path folder = ClusterFile.folder(config.data());
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** Looks out for other clusters of the same name, and calls {@code dissolve} if this one is to end. */
  void watch(Consumer<Greeting.Answer> dissolve) {
    loop.every(WATCH, () -> sessions.get().ifPresent(session -> lookAround(session, dissolve)));
  }

  private void lookAround(Session session, Consumer<Greeting.Answer> dissolve) {
    Situation now = session.situation();
    if (multicasts()) {
      hint.call();
    }
    Set<HostPort> hosts = ConcurrentHashMap.newKeySet();
    hosts.addAll(config.peers());
    hosts.addAll(heardOf);
    heardOf.clear();
    hosts.remove(config.address());
    hosts.removeAll(arrivals.expected());
    now.state().members().values().stream()
        .filter(m -> now.isReachable(m.id()))
        .forEach(m -> hosts.remove(m.endpoints().cluster()));
    UUID own = session.file().cluster();
    for (Search.Reply reply : search.ask(hosts, joining.question(Optional.of(session.file())))) {
      Greeting.Answer answer = reply.answer();
      boolean stranger = answer.name().equals(config.cluster())
          && answer.cluster().isPresent()
          && !answer.cluster().get().equals(own);
      if (stranger && !consider(session, reply)) {
        answer.hosts().forEach(this::heard); // where it looks for the one that it joins
        dissolve.accept(answer);
        return;
      }
    }
  }

  /** Whether this node's cluster goes on beside the stranger. */
  private boolean consider(Session session, Search.Reply reply) {
    Greeting.Answer stranger = reply.answer();
    UUID other = stranger.cluster().orElseThrow();
    ClusterFile own = session.file();
    boolean younger = Comparator.<ClusterFile>comparingLong(ClusterFile::foundedAt)
            .thenComparing(ClusterFile::cluster)
            .compare(own, ClusterFile.of(stranger.name(), other, stranger.foundedAt()))
        > 0;
    boolean yields = session.provisional() && (younger || !stranger.provisional());
    if (yields && reply.proven()) {
      log.warn(
          "{} is in another cluster named '{}' ({}). This node's own ({}) holds nothing yet: it is given"
              + " up, and this node joins the other one",
          stranger.node(),
          stranger.name(),
          other,
          own.cluster());
      return false;
    }
    boolean worthTelling = yields || !stranger.provisional();
    if (worthTelling && strangers.add(other)) {
      log.error(
          "At {} is another cluster named '{}' ({}); this node is in {}{}. They stay apart. {}",
          reply.host(),
          stranger.name(),
          other,
          own.cluster(),
          reply.proven() ? "" : ", and has not shown the same join secret",
          stranger.refusal().isEmpty()
              ? "To move this node over: stop it, start it once with --new-identity, --peers "
                  + reply.host()
                  + " and --secret-file FILE, or without a secret and have it approved"
                  + " there"
              : "It says: " + stranger.refusal());
    }
    return true;
  }

  /** Stops looking around; still answers. */
  @Override
  public void close() {
    loop.close();
    search.close();
  }

  /** Stops answering. */
  void bye() {
    hint.close();
    if (doorbell != null) {
      doorbell.close();
    }
  }
}
