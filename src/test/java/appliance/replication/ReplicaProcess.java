package appliance.replication;

import appliance.config.DatabaseConfig;
import appliance.model.HostPort;
import appliance.model.NodeId;
import java.nio.file.Path;
import java.util.UUID;

/** A replica in a process of its own, to be killed: port of the master, data folder, JDBC port. */
public final class ReplicaProcess {

  private ReplicaProcess() {}

  public static void main(String[] arguments) throws InterruptedException {
    HostPort server = new HostPort("127.0.0.1", Integer.parseInt(arguments[0]));
    Replication replication = new Replication(
        new DatabaseConfig(server, "root", "", "site"),
        Path.of(arguments[1]),
        Integer.parseInt(arguments[2]),
        new NodeId(new UUID(7, 7)));
    replication.start();
    Thread.currentThread().join();
  }
}
