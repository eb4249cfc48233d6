package appliance.cluster.raft;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Event;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;
import org.jspecify.annotations.Nullable;

/**
 * Notes whether anything of the others comes through all protocols below, those that only show signs of life
 * aside, and asks them which view they have. Lies below {@link EntryFlow}. Any thread.
 *
 * <p>A question is one byte, an answer a byte and the view's number. They have no header of their own: a node of
 * an earlier version drops a question, as one that is too short for {@link Forwarding}, and could not read a
 * header that it does not know. Neither waits for the flow control or for what is before it: a node whose disk
 * hangs answers, and hears.
 */
final class Hearing extends Protocol implements HearingWatch.Ear {

  /** Not among the kinds of {@link Forwarding}, whose answers may be as long. */
  private static final byte QUESTION = 101;

  private static final byte ANSWER = 102;
  private static final int QUESTION_BYTES = 1;
  private static final int ANSWER_BYTES = 1 + Long.BYTES;

  private final Predicate<Address> alive;
  private final Set<Address> answered = ConcurrentHashMap.newKeySet();
  private final Map<Address, Long> views = new ConcurrentHashMap<>();
  private final AtomicBoolean heard = new AtomicBoolean();
  private volatile @Nullable View view;

  /**
   * @param alive whether a member has shown a sign of life lately
   */
  Hearing(Predicate<Address> alive) {
    this.alive = alive;
  }

  @Override
  public Object up(Message message) {
    return isTaken(message) ? message : up_prot.up(message);
  }

  @Override
  public void up(MessageBatch batch) {
    for (Iterator<Message> messages = batch.iterator(); messages.hasNext(); ) {
      if (isTaken(messages.next())) {
        messages.remove();
      }
    }
    if (!batch.isEmpty()) {
      up_prot.up(batch);
    }
  }

  private boolean isTaken(Message message) {
    Address from = message.src();
    if (from == null || from.equals(local_addr)) {
      return false;
    }
    if (!heard.get()) { // each message comes by here: most only read
      heard.set(true);
    }
    if (is(message, QUESTION, QUESTION_BYTES)) {
      answer(from);
      return true;
    }
    if (is(message, ANSWER, ANSWER_BYTES)) {
      note(from, message);
      return true;
    }
    return false;
  }

  private static boolean is(Message message, byte kind, int bytes) {
    return message.getLength() == bytes
        && message.hasArray()
        && message.getArray()[message.getOffset()] == kind;
  }

  /** Of one that is no member there is nothing to say to it: it is on its way in, or out. */
  private void answer(Address from) {
    View now = view;
    if (now != null && now.containsMember(from)) {
      long number = now.getViewId().getId();
      byte[] answer =
          ByteBuffer.allocate(ANSWER_BYTES).put(ANSWER).putLong(number).array();
      down_prot.down(urgent(from, answer));
    }
  }

  private void note(Address from, Message answer) {
    View now = view;
    if (now != null && now.containsMember(from)) {
      answered.add(from);
      views.put(from, ByteBuffer.wrap(answer.getArray()).getLong(answer.getOffset() + 1));
    }
  }

  private static Message urgent(Address to, byte[] content) {
    return new BytesMessage(to, content)
        .setFlag(Message.Flag.OOB, Message.Flag.NO_FC)
        .setFlag(Message.TransientFlag.DONT_BLOCK);
  }

  @Override
  public Object up(Event event) {
    if (event.getType() == Event.VIEW_CHANGE) {
      View next = event.arg();
      view = next;
      answered.retainAll(next.getMembers());
      views.keySet().retainAll(next.getMembers());
    }
    return up_prot.up(event);
  }

  @Override
  public boolean heard() {
    return heard.getAndSet(false);
  }

  @Override
  public Set<Address> audible() {
    return answered.stream().filter(alive).collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public long view() {
    View now = view;
    return now == null ? 0 : now.getViewId().getId();
  }

  @Override
  public long ahead() {
    long own = view();
    long most = views.values().stream()
        .filter(number -> number > own)
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
        .values()
        .stream()
        .mapToLong(Long::longValue)
        .max()
        .orElse(0);
    views.clear();
    return most;
  }

  @Override
  public int rank() {
    View now = view;
    return now == null ? 0 : Math.max(0, now.getMembers().indexOf(local_addr));
  }

  @Override
  public void ask() {
    View now = view;
    if (now == null) {
      return;
    }
    for (Address member : now.getMembers()) {
      if (!member.equals(local_addr)) {
        down_prot.down(urgent(member, new byte[] {QUESTION})
            .setFlag(Message.Flag.NO_RELIABILITY)); // another one follows
      }
    }
  }
}
