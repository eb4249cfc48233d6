package appliance.cluster.raft;

import java.util.function.Predicate;
import org.jgroups.Message;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.stack.Protocol;
import org.jgroups.stack.ProtocolStack;
import org.jgroups.util.MessageBatch;

/** Strikes a member so that some of what the others send does not reach it, and looks whether it notices. */
public final class Deafness extends Protocol {

  private final Predicate<Message> drops;

  private Deafness(Predicate<Message> drops) {
    this.drops = drops;
  }

  /**
   * It shows signs of life, so that it stays in the others' view, and sees theirs; it takes in nothing else: as
   * one whose receiving threads hang.
   */
  public static void strike(Consensus consensus) {
    insert(consensus, message -> true, ExactVerify.class, ProtocolStack.Position.ABOVE);
  }

  /** It hears nothing at all, not even a sign of life: as one that is cut off. */
  public static void cutOff(Consensus consensus) {
    insert(consensus, message -> true, SignsOfLife.class, ProtocolStack.Position.BELOW);
  }

  /** It hears all but the views that the others agree on. */
  public static void missViews(Consensus consensus) {
    GMS membership = ((RaftConsensus) consensus).stack.membership;
    insert(
        consensus,
        message -> message.getHeader(membership.getId()) instanceof GMS.GmsHeader header
            && header.getType() == GMS.GmsHeader.VIEW,
        GMS.class,
        ProtocolStack.Position.BELOW);
  }

  private static void insert(
      Consensus consensus,
      Predicate<Message> drops,
      Class<? extends Protocol> place,
      ProtocolStack.Position position) {
    ProtocolStack stack = stack(consensus);
    Protocol there =
        stack.getProtocols().stream().filter(place::isInstance).findFirst().orElseThrow();
    stack.insertProtocolInStack(new Deafness(drops), there, position);
  }

  private static ProtocolStack stack(Consensus consensus) {
    return ((RaftConsensus) consensus).stack.raft.getProtocolStack();
  }

  /** Makes it one of an earlier version: it asks nobody, and knows no answer. */
  public static void age(Consensus consensus) {
    ((RaftConsensus) consensus).hearing.close();
    stack(consensus).removeProtocol(Hearing.class);
  }

  /** As if it had been there for almost as long as it takes until whether it hears counts. */
  public static void settle(Consensus consensus) {
    for (int i = HearingWatch.DEAF_LOOKS; i < HearingWatch.LOOKS_MIN; i++) {
      look(consensus);
    }
  }

  /** Looks whether it hears, in between. */
  public static void look(Consensus consensus) {
    ((RaftConsensus) consensus).hearing.look();
  }

  /** How many looks it takes the last of so many members to find itself deaf. */
  public static int looksMax(int members) {
    return HearingWatch.DEAF_LOOKS + (members - 1) * HearingWatch.LOOKS_PER_RANK;
  }

  @Override
  public Object up(Message message) {
    return drops.test(message) ? message : up_prot.up(message);
  }

  @Override
  public void up(MessageBatch batch) {
    batch.removeIf(message -> message != null && drops.test(message), true);
    if (!batch.isEmpty()) {
      up_prot.up(batch);
    }
  }
}
