package appliance.status;

import java.util.LinkedHashMap;
import java.util.Map;

/** The sources of this node by section name, fixed once the node is built. */
public record Sources(Map<String, Source> byName) {

  public Sources {
    byName = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(byName));
  }

  /** Reads every source now. */
  public Map<String, Section> read() {
    Map<String, Section> sections = new LinkedHashMap<>();
    byName.forEach((name, source) -> sections.put(name, source.read()));
    return sections;
  }
}
