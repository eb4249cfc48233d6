package appliance.cluster.raft;

import org.jgroups.Message;
import org.jgroups.stack.Protocol;
import org.jgroups.stack.ProtocolStack;
import org.jgroups.util.MessageBatch;

/**
 * Strikes a member that shows signs of life, so that it stays in the others' view, and takes in nothing else: as
 * one whose receiving threads hang.
 */
public final class Deafness extends Protocol {

  private Deafness() {}

  public static void strike(Consensus consensus) {
    ProtocolStack stack = ((RaftConsensus) consensus).stack.raft.getProtocolStack();
    Protocol lastOfSignsOfLife = stack.getProtocols().stream()
        .filter(ExactVerify.class::isInstance)
        .findFirst()
        .orElseThrow();
    stack.insertProtocolInStack(new Deafness(), lastOfSignsOfLife, ProtocolStack.Position.ABOVE);
  }

  @Override
  public Object up(Message message) {
    return message;
  }

  @Override
  public void up(MessageBatch batch) {
    batch.clear();
  }
}
