package appliance.trust;

/** Why a connection between nodes was refused, in the words of a log; counted one by one. */
public enum Refusal {
  UNKNOWN_KEY("its key is no member's"),
  EXPIRED("its certificate is not valid now: compare both clocks"),
  REFUSED_THERE("it refuses this node"),
  HUNG_UP("it ended the connection within its handshake"),
  NO_TLS("it does not speak TLS as nodes do"),
  TOO_SLOW("it did not finish its handshake in time"),
  TOO_MANY("too many connections at once wait for their handshake"),
  WRONG_SECRET("its join secret is another one than this node's"),
  WRONG_CLUSTER("it looks for a cluster of another name"),
  BROKEN("what it sent cannot be understood");

  private final String words;

  Refusal(String words) {
    this.words = words;
  }

  public String words() {
    return words;
  }

  /**
   * Whether members meet with it as well, for a moment: of nodes that start together, each knows the others'
   * keys only once the cluster's log has told it.
   */
  boolean mayPass() {
    return this == UNKNOWN_KEY || this == REFUSED_THERE || this == HUNG_UP;
  }

  /** As in the status: {@code refusedUnknownKey}. */
  String field() {
    StringBuilder field = new StringBuilder("refused");
    boolean capital = true;
    for (char c : name().toCharArray()) {
      if (c != '_') {
        field.append(capital ? c : Character.toLowerCase(c));
      }
      capital = c == '_';
    }
    return field.toString();
  }
}
