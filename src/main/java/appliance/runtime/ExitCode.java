package appliance.runtime;

/** What the process tells its starter by its exit; listed in {@code help} and docs/OPERATING.md. */
public enum ExitCode {
  /** Ended in order, or the command did what it should. */
  OK(0),
  /** A failure that has no code of its own; the last log line names it. */
  FAILED(1),
  /** A wrong option or setting; nothing was started. */
  BAD_CONFIG(2),
  /** A port is taken by another program, or its address is not this machine's: either may be over at a later start. */
  PORT_TAKEN(3),
  /** The data folder cannot be written, another node runs on it, or a file in it is damaged. */
  DATA_FOLDER(4),
  /** The cluster refused this node or a command: an operator has to mend that. */
  CLUSTER(5),
  /** No node answers (commands only). */
  NO_NODE(6),
  /** This node did not hear the others any more: the service is to start it anew. */
  DEAF(7),
  /** The cluster could not be joined or founded for now, or a disk is full: a later start may succeed as it is. */
  NOT_NOW(8);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }
}
