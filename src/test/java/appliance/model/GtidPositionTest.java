package appliance.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GtidPositionTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "0-1-42", "0-1-42,7-4294967295-9223372036854775807"})
  void it_prints_what_it_read(String text) {
    assertEquals(text, GtidPosition.parse(text).toString());
  }

  @Test
  void domains_come_in_any_order_and_with_spaces() {
    assertEquals("0-1-5,3-2-1", GtidPosition.parse(" 3-2-1 ,\n 0-1-5").toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0-1", "a-1-2", "0-1-2-3", "0-1--2", "0-1-99999999999999999999"})
  void anything_else_is_refused(String text) {
    assertThrows(IllegalArgumentException.class, () -> GtidPosition.parse(text));
  }

  @Test
  void it_covers_by_domain_and_sequence_whatever_the_server() {
    GtidPosition position = GtidPosition.parse("0-1-5,1-1-2");
    assertTrue(position.covers(Gtid.parse("0-9-5")));
    assertFalse(position.covers(Gtid.parse("0-1-6")));
    assertFalse(position.covers(Gtid.parse("2-1-1")));
    assertTrue(position.covers(GtidPosition.parse("0-1-4")));
    assertTrue(position.covers(GtidPosition.START));
    assertFalse(position.covers(GtidPosition.parse("0-1-5,2-1-1")));
  }

  @Test
  void it_moves_one_domain_only() {
    assertEquals(
        "0-2-6,1-1-2",
        GtidPosition.parse("0-1-5,1-1-2").with(Gtid.parse("0-2-6")).toString());
  }
}
