package appliance.cluster.raft;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.MergeView;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.raft.AppendEntriesResponse;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;

/**
 * Bounds what the log has on its way to a member that does not answer: more is dropped, and sent again once it
 * has answered. (The library sends new entries to all at once, and has the leader wait until each has room for
 * them, however long a member that hangs stays in the view: the log would stand still for all.) Lies below
 * RAFT, above the flow control. Any thread.
 */
final class EntryFlow extends Protocol {

  private static final short RAFT_ID = ClassConfigurator.getProtocolId(RAFT.class);

  /** Well below what the flow control lets through; one message may be longer, up to the log's length. */
  private static final long BYTES_MAX = 400_000;

  private final Map<Address, Long> unanswered = new ConcurrentHashMap<>();
  private volatile List<Address> members = List.of();

  @Override
  public Object down(Message message) {
    if (message.getHeader(RAFT_ID) == null || message.getLength() == 0) {
      return down_prot.down(message);
    }
    if (message.dest() != null) {
      return send(message, message.dest());
    }
    for (Address member : members) {
      if (!member.equals(local_addr)) {
        send(message.copy(true, true).setDest(member), member);
      }
    }
    return message;
  }

  private Object send(Message message, Address member) {
    long before = unanswered.getOrDefault(member, 0L);
    if (before > 0 && before + message.getLength() > BYTES_MAX) {
      return message;
    }
    unanswered.merge(member, (long) message.getLength(), Long::sum);
    return down_prot.down(message);
  }

  @Override
  public Object up(Message message) {
    answered(message);
    return up_prot.up(message);
  }

  @Override
  public void up(MessageBatch batch) {
    batch.forEach(this::answered);
    up_prot.up(batch);
  }

  private void answered(Message message) {
    if (message.getHeader(RAFT_ID) instanceof AppendEntriesResponse) {
      unanswered.remove(message.src());
    }
  }

  @Override
  public Object up(Event event) {
    if (event.getType() == Event.VIEW_CHANGE) {
      View next = event.arg();
      members = List.copyOf(next.getMembers());
      forget(next);
    }
    return up_prot.up(event);
  }

  /** Who was away may have lost what was on its way; to who was not, it still is. */
  private void forget(View next) {
    if (next instanceof MergeView) {
      unanswered.clear();
    } else {
      unanswered.keySet().retainAll(next.getMembers());
    }
  }
}
