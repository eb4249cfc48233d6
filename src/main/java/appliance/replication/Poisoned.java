package appliance.replication;

/**
 * An event that cannot be applied for certain. The replica stops before it, with its position
 * unmoved, until an operator acts.
 */
final class Poisoned extends RuntimeException {

  private static final long serialVersionUID = 1;

  Poisoned(String message) {
    super(message);
  }

  Poisoned(String message, Throwable cause) {
    super(message, cause);
  }
}
