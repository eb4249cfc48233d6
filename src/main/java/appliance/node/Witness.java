package appliance.node;

import appliance.admin.Admin;
import appliance.admin.AdminPorts;
import appliance.cluster.Cluster;
import appliance.cluster.raft.HeadStart;
import appliance.config.Config;
import appliance.model.ClusterView;
import appliance.model.Endpoints;
import appliance.model.Health;
import appliance.model.HostPort;
import appliance.model.NodeId;
import appliance.model.Wait;
import appliance.peer.PeerClient;
import appliance.runtime.ExitCode;
import appliance.runtime.Loop;
import appliance.runtime.NodeLog;
import appliance.runtime.Published;
import appliance.status.ClusterStatus;
import appliance.status.ProcessSource;
import appliance.status.Prometheus;
import appliance.status.Roster;
import appliance.status.Source;
import appliance.status.Sources;
import appliance.trust.Trust;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A node that only votes: the third machine for two that serve. It holds the log and nothing else, has
 * no public port, and is never master; its admin endpoint is there for the status and the command line.
 */
final class Witness implements Composed {

  private static final Duration NEWS_PERIOD = Duration.ofSeconds(1);
  private static final int LOOP_TASKS_MAX = 100;

  private final Trust trust;
  private final Cluster cluster;
  private final Admin admin;
  private final HostPort adminAddress;
  private final Founding founding;
  private final Roster roster;
  private final Loop loop = new Loop("witness", LOOP_TASKS_MAX);

  /** Builds everything and starts nothing; the parameters are those of {@link Node}. */
  Witness(Config config, NodeId self, String version, Consumer<String> console) {
    adminAddress = config.admin().address();
    Path data = config.cluster().data();
    HeadStart.begin();
    trust = Trust.open(data, config.trust().secret(), Clock.systemUTC());
    trust.rehearse();
    cluster = new Cluster(config.cluster(), self, endpoints(config.cluster().address()), trust);
    Published<ClusterView> views = cluster.views();
    Map<String, Source> own = new LinkedHashMap<>();
    own.put("cluster", cluster.source());
    own.put("trust", trust.source());
    own.put("process", new ProcessSource(version, NodeLog::trouble));
    Sources sources = new Sources(own);
    roster = new Roster(sources, views::get, System::nanoTime);
    ClusterStatus status = new ClusterStatus(
        config.cluster().node(), views::get, roster, id -> Health.HEALTHY, cluster::entrants);
    admin = new Admin(
        config.admin(),
        data,
        new AdminPorts(
            views,
            status::read,
            () -> Prometheus.text(views.get(), sources.read(), List.of()),
            new ClusterCommands(cluster, Optional.empty()),
            new PeerClient(views, trust),
            cluster::setting));
    founding = new Founding(cluster, admin, console);
  }

  /** Where the others reach it: on its cluster port alone. */
  private static Endpoints endpoints(HostPort address) {
    return new Endpoints(address, address, address, address, Optional.empty());
  }

  @Override
  public void start() {
    cluster.receive("status", roster::receive);
    StartChecks.port("admin", adminAddress);
    admin.start();
    cluster.start();
    loop.every(NEWS_PERIOD, () -> cluster.broadcast("status").send(roster.message()));
  }

  @Override
  public void welcome() {
    founding.makeAccess();
    founding.tell();
  }

  @Override
  public String awaited() {
    return cluster.views().get().joining().map(Wait::words).orElse("");
  }

  @Override
  public void onRestart(Consumer<ExitCode> action) {
    cluster.onRestart(action);
  }

  @Override
  public void close() {
    loop.close();
    cluster.close();
    admin.close();
    trust.close();
  }
}
