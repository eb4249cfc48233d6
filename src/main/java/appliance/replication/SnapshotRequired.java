package appliance.replication;

/** The binlog cannot lead the replica on from where it is; a new snapshot can. */
final class SnapshotRequired extends RuntimeException {

  private static final long serialVersionUID = 1;

  SnapshotRequired(String message) {
    super(message);
  }
}
