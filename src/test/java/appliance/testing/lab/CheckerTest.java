package appliance.testing.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.lab.History.Ack;
import appliance.testing.lab.History.Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checker finds what is wrong, each kind of it, and nothing in a right history. */
final class CheckerTest {

  private final List<Ack> acks = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();

  /** Two on host 1 in epoch 1, two on host 2 in epoch 3, one that nobody was told of. */
  @BeforeEach
  void a_right_history() {
    write("a", 1, 1, 100, 110);
    write("b", 1, 1, 105, 130);
    write("c", 2, 3, 200, 210);
    write("d", 2, 3, 201, 209);
    entries.add(new Entry(1, "lost", 1, 140, 145));
  }

  private void write(String id, int host, long epoch, long got, long answered) {
    entries.add(new Entry(host, id, epoch, got, answered));
    acks.add(new Ack(id, 1, host, got - 5, answered + 5, epoch));
  }

  private String verdict() {
    return Checker.check(new History(acks, entries)).toString();
  }

  private void assertFinds(String words) {
    assertTrue(verdict().startsWith("BROKEN"), verdict());
    assertTrue(verdict().contains(words), verdict());
  }

  @Test
  void a_right_history_is_clean() {
    assertEquals("CLEAN: 4 acknowledged writes in 2 epochs, overlap 0.0 ms", verdict());
  }

  @Test
  void an_acknowledged_write_that_is_nowhere_is_found() {
    acks.add(new Ack("e", 3, 2, 220, 230, 3));
    assertFinds("e was acknowledged in epoch 3 and is nowhere");
  }

  @Test
  void a_write_that_was_done_twice_is_found() {
    entries.add(new Entry(2, "d", 3, 202, 209));
    assertFinds("d was written 2 times");
  }

  @Test
  void two_writers_in_one_epoch_are_found() {
    write("e", 3, 3, 220, 225);
    assertFinds("epoch 3 has several writers: hosts [2, 3]");
  }

  @Test
  void epochs_that_overlap_are_found_and_measured() {
    write("e", 1, 1, 150, 5_000_200);
    assertFinds("epochs 1 and 3 overlap by ");
    assertTrue(Checker.check(new History(acks, entries)).overlapNanos() > 0);
  }

  @Test
  void a_late_write_of_an_old_epoch_is_found_also_behind_a_later_one() {
    write("e", 1, 1, 300, 310);
    assertFinds("epochs 1 and 3 overlap by ");
  }

  @Test
  void an_epoch_that_falls_at_a_receiver_is_found_even_if_nobody_was_told() {
    entries.add(new Entry(2, "late", 1, 250, 251));
    assertFinds("host 2 was given late of epoch 1 after one of epoch 3");
  }

  @Test
  void an_acknowledgement_with_another_epoch_is_found() {
    entries.add(new Entry(2, "e", 3, 220, 225));
    acks.add(new Ack("e", 1, 2, 219, 230, 4));
    assertFinds("e was written in epoch 3 and acknowledged in 4");
  }

  @Test
  void an_answer_of_another_than_the_writer_is_found() {
    entries.add(new Entry(2, "e", 3, 220, 225));
    acks.add(new Ack("e", 1, 1, 219, 230, 3));
    assertFinds("e was written by host 2 and acknowledged by 1");
  }

  @Test
  void a_write_before_it_was_sent_is_found() {
    entries.add(new Entry(2, "e", 3, 220, 225));
    acks.add(new Ack("e", 1, 2, 221, 230, 3));
    assertFinds("e was not written between its sending and its acknowledgement");
  }

  @Test
  void a_line_that_was_cut_short_is_left_out(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("ledger");
    Files.writeString(file, acks.get(0).line() + "\n" + entries.get(0).line() + "\nENTRY 1 b 1 1");
    assertEquals(
        new History(acks.subList(0, 1), entries.subList(0, 1)), History.read(List.of(file)));
  }

  @Test
  void a_public_write_of_any_node_is_right_until_the_first_of_the_next_epoch() {
    write("public-e", 3, 1, 150, 190);
    entries.add(new Entry(3, "public-f", 1, 150, 205)); // goes on in the epoch that has come since
    acks.add(new Ack("public-f", 1, 3, 149, 206, 3));
    assertEquals("CLEAN: 6 acknowledged writes in 2 epochs, overlap 0.0 ms", verdict());
    write("public-g", 3, 1, 150, 201);
    assertFinds("public-g of epoch 1 was written 1.0E-6 ms after the first of epoch 3");
  }

  @Test
  void a_public_write_that_begins_before_the_epoch_before_is_over_is_found() {
    write("public-e", 3, 3, 120, 190);
    assertFinds("b of epoch 1 was written 1.0E-5 ms after the first of epoch 3");
  }

  @Test
  void a_public_write_that_is_nowhere_is_found() {
    acks.add(new Ack("public-e", 3, 2, 220, 230, 3));
    assertFinds("public-e was acknowledged in epoch 3 and is nowhere");
  }
}
