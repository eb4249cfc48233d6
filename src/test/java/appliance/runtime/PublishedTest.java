package appliance.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PublishedTest {

  @Test
  void a_subscriber_sees_the_value_of_now_and_each_later_one_once() {
    Published<Integer> published = new Published<>(1);
    List<Integer> seen = new ArrayList<>();
    published.subscribe(seen::add);
    published.publish(2);
    published.publish(2);
    published.publish(3);
    assertEquals(List.of(1, 2, 3), seen);
    assertEquals(3, published.get());
  }

  @Test
  void a_subscriber_that_fails_keeps_nothing_from_the_others() {
    Published<Integer> published = new Published<>(1);
    List<Integer> seen = new ArrayList<>();
    published.subscribe(value -> {
      throw new IllegalStateException("on purpose");
    });
    published.subscribe(seen::add);
    published.publish(2);
    assertEquals(List.of(1, 2), seen);
  }
}
