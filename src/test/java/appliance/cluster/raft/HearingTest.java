package appliance.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.EmptyMessage;
import org.jgroups.Event;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What members ask each other, without a network between them. */
final class HearingTest {

  private static final Address A = UUID.randomUUID();
  private static final Address B = UUID.randomUUID();
  private static final Address C = UUID.randomUUID();
  private static final Address STRANGER = UUID.randomUUID();

  private final Set<Address> alive = new HashSet<>(Set.of(A, B, C));
  private final Neighbour above = new Neighbour();
  private final Neighbour below = new Neighbour();
  private final Hearing hearing = new Hearing(alive::contains);

  /** The protocol above or below, with what has come to it. */
  private static final class Neighbour extends Protocol {

    private final List<Message> came = new ArrayList<>();

    @Override
    public Object up(Message message) {
      return came.add(message);
    }

    @Override
    public void up(MessageBatch batch) {
      batch.forEach(came::add);
    }

    @Override
    public Object up(Event event) {
      return event;
    }

    @Override
    public Object down(Message message) {
      return came.add(message);
    }
  }

  @BeforeEach
  void connect() {
    hearing.setAddress(C);
    hearing.setUpProtocol(above);
    hearing.setDownProtocol(below);
    view(7, A, B, C);
  }

  private void view(long number, Address... members) {
    hearing.up(new Event(Event.VIEW_CHANGE, View.create(members[0], number, members)));
  }

  private static Message from(Address sender, Message message) {
    return message.setSrc(sender).setDest(C);
  }

  private static Message question(Address sender) {
    return from(sender, new BytesMessage(C, new byte[] {101}));
  }

  private static Message answer(Address sender, long view) {
    return from(sender, new BytesMessage(C, new byte[] {102, 0, 0, 0, 0, 0, 0, 0, (byte) view}));
  }

  @Test
  void a_members_question_is_answered_with_the_number_of_the_view_past_all_that_may_wait() {
    hearing.up(question(A));
    Message answer = below.came.get(0);
    assertEquals(A, answer.dest());
    assertTrue(answer.isFlagSet(Message.Flag.NO_FC) && answer.isFlagSet(Message.Flag.OOB));
    view(6, A, B, C); // an earlier one, as if that answer had come from a later
    hearing.up(from(B, answer.setDest(C)));
    hearing.up(answer(A, 7));
    assertEquals(2, hearing.ahead());
    assertEquals(List.of(), above.came, "nobody above knows of it");
  }

  @Test
  void a_strangers_question_is_not_answered_and_its_answer_does_not_count() {
    hearing.up(question(STRANGER));
    hearing.up(answer(STRANGER, 8));
    assertEquals(List.of(), below.came);
    assertEquals(Set.of(), hearing.audible());
    assertEquals(0, hearing.ahead());
  }

  @Test
  void those_are_audible_who_have_answered_and_are_alive_and_members() {
    hearing.up(answer(A, 7));
    hearing.up(question(B));
    assertEquals(Set.of(A), hearing.audible(), "to ask is not to answer");
    hearing.up(answer(B, 7));
    assertEquals(Set.of(A, B), hearing.audible());
    alive.remove(A);
    assertEquals(Set.of(B), hearing.audible());
    alive.add(A);
    view(8, A, C);
    view(9, A, B, C);
    assertEquals(Set.of(A), hearing.audible(), "that was another time");
  }

  @Test
  void only_the_same_later_view_of_several_counts_and_once() {
    hearing.up(answer(A, 7));
    hearing.up(answer(B, 6));
    assertEquals(0, hearing.ahead(), "none is later");
    hearing.up(answer(A, 8));
    hearing.up(answer(B, 9));
    assertEquals(1, hearing.ahead(), "they do not agree");
    hearing.up(answer(A, 9));
    hearing.up(answer(B, 9));
    assertEquals(2, hearing.ahead());
    assertEquals(0, hearing.ahead(), "they have to say so again");
  }

  @Test
  void whatever_comes_of_another_is_heard_and_all_but_questions_and_answers_goes_on() {
    hearing.up(from(C, new EmptyMessage()));
    assertFalse(hearing.heard(), "its own");
    MessageBatch batch = new MessageBatch(List.of(
        question(A),
        from(A, new EmptyMessage()),
        answer(A, 7),
        from(A, new BytesMessage(C, new byte[] {3})),
        from(A, new BytesMessage(C, new byte[9]))));
    hearing.up(batch);
    assertTrue(hearing.heard());
    assertFalse(hearing.heard(), "since then nothing has come");
    hearing.up(new MessageBatch(List.of(answer(B, 7))));
    assertEquals(4, above.came.size(), "its own, the empty one, and two of other kinds");
    assertEquals(1, below.came.size(), "one answer");
  }

  @Test
  void it_asks_all_others_and_is_as_many_places_behind_as_there_are_members_before_it() {
    hearing.ask();
    assertEquals(List.of(A, B), below.came.stream().map(Message::dest).toList());
    assertEquals(2, hearing.rank());
    assertEquals(7, hearing.view());
  }
}
