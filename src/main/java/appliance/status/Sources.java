package appliance.status;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sources of this node by section name, fixed once the node is built. */
public record Sources(Map<String, Source> byName) {

  private static final Logger log = LoggerFactory.getLogger(Sources.class);

  public Sources {
    byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
  }

  /** Reads every source now; one that fails tells so in its section and hides no other. */
  public Map<String, Section> read() {
    Map<String, Section> sections = new LinkedHashMap<>();
    byName.forEach((name, source) -> sections.put(name, read(name, source)));
    return sections;
  }

  /** All families of all sources; those of one that fails are left out. */
  public List<Family> families() {
    List<Family> families = new ArrayList<>();
    byName.forEach((name, source) -> {
      try {
        families.addAll(source.families());
      } catch (RuntimeException e) {
        log.debug("The metrics of {} cannot be read", name, e);
      }
    });
    return families;
  }

  private static Section read(String name, Source source) {
    try {
      return source.read();
    } catch (RuntimeException e) {
      log.debug("The status of {} cannot be read", name, e);
      return Section.builder().text("reason", "its status cannot be read: " + e).build();
    }
  }
}
