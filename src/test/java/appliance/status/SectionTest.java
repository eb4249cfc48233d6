package appliance.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SectionTest {

  @Test
  void several_of_one_kind_are_told_as_one() {
    assertEquals(
        Section.builder()
            .text("address", "one; two; three")
            .text("outage", "refused")
            .text("pool", "www")
            .flag("down", true)
            .gauge("idle", 6L)
            .counter("requests", 60L)
            .build(),
        Section.sum(List.of(
            section("one", "", false, 1),
            section("two", "refused", true, 2),
            section("three", "", false, 3))));
  }

  @Test
  void a_text_of_several_is_told_once() {
    Field text = new Field.Text("pool", "x").plus(new Field.Text("pool", "y"));
    assertEquals("x; y", text.plus(new Field.Text("pool", "x")).json());
    assertEquals("x; y; xy", text.plus(new Field.Text("pool", "xy")).json());
  }

  private static Section section(String address, String outage, boolean down, int number) {
    return Section.builder()
        .text("address", address)
        .text("outage", outage)
        .text("pool", "www")
        .flag("down", down)
        .gauge("idle", number)
        .counter("requests", 10L * number)
        .build();
  }
}
