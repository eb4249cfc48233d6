package appliance.replication;

/**
 * An event that cannot be applied for certain. The replica stops before it, with its position
 * unmoved, until an operator acts.
 */
final class UnsupportedChange extends RuntimeException {

  private static final long serialVersionUID = 1;

  UnsupportedChange(String message) {
    super(message);
  }

  UnsupportedChange(String message, Throwable cause) {
    super(message, cause);
  }
}
