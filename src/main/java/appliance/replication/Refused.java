package appliance.replication;

/**
 * The master cannot be replicated from as it is set up now. The message is for the operator: the
 * cause, and the fix. It is tried again later; the replica stays as it is.
 */
final class Refused extends RuntimeException {

  private static final long serialVersionUID = 1;

  Refused(String message) {
    super(message);
  }

  Refused(String message, Throwable cause) {
    super(message, cause);
  }
}
