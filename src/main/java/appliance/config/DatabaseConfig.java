package appliance.config;

import appliance.model.HostPort;

/**
 * The master database that this node replicates from.
 *
 * @param server where it listens
 * @param schema the one schema that is replicated
 */
public record DatabaseConfig(HostPort server, String user, String password, String schema) {

  /** Without the password. */
  @Override
  public String toString() {
    return "mysql://" + user + "@" + server + "/" + schema;
  }
}
