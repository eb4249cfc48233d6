package appliance.model;

/**
 * Small messages to all other members: ordered by sender, delivered once while both stay connected,
 * lost across a cut (the receiver must be able to catch up by other means).
 */
@FunctionalInterface
public interface Broadcast {

  /** Most bytes of one message; a longer one is a programmer's error. */
  int MESSAGE_BYTES_MAX = 512 * 1024;

  /** Sends and returns at once; does nothing while this node has no one to talk to. */
  void send(byte[] message);
}
