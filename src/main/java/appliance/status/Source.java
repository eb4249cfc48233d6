package appliance.status;

import java.util.List;

/** What a component registers to be seen: called often, from any thread, and so cheap and harmless. */
@FunctionalInterface
public interface Source {

  Section read();

  /** What {@code /metrics} shows besides the numbers of the section. */
  default List<Family> families() {
    return List.of();
  }
}
