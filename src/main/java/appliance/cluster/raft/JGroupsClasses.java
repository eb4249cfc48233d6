package appliance.cluster.raft;

import org.jgroups.Global;
import org.jgroups.stack.Configurator;

/** Keeps JGroups from loading, at each start, what this node's protocols never use. */
final class JGroupsClasses {

  static final String HEADERS = "appliance/cluster/raft/jg-magic-map.xml";
  static final String PROTOCOLS = "appliance/cluster/raft/jg-protocol-ids.xml";

  private JGroupsClasses() {}

  /** To be called before any other class of the library is used: it reads these once. */
  static void onlyThoseNeeded() {
    System.setProperty(Global.MAGIC_NUMBER_FILE, HEADERS);
    System.setProperty(Global.PROTOCOL_ID_FILE, PROTOCOLS);
    QuietLog.install();
    // RaftStack sets every address itself; the search for defaults looks through all fields of all
    // protocols, and asks the system for its network interfaces each time.
    Configurator.skipSettingDefaultValues(true);
  }
}
