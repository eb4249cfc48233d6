package appliance.node;

import appliance.status.Family;
import appliance.status.Field;
import appliance.status.Sample;
import appliance.status.Section;
import appliance.status.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the files and the php of the sites tell, in the metrics of this node: {@code
 * site_php_requests_total{site="shop"}}. To the other nodes it says what is wrong only.
 *
 * @param bySite the sections of each site, by their names
 */
record SitesSource(Map<String, Map<String, Source>> bySite) implements Source {

  @Override
  public Section read() {
    List<String> wrong = new ArrayList<>();
    bySite.forEach((site, sources) -> sources
        .values()
        .forEach(source -> source.read().fields().stream()
            .filter(field ->
                field.name().equals("outage") && !String.valueOf(field.json()).isEmpty())
            .forEach(field -> wrong.add(site + ": " + field.json()))));
    return Section.builder()
        .gauge("count", bySite.size())
        .text("reason", String.join("; ", wrong))
        .build();
  }

  @Override
  public List<Family> families() {
    Map<String, Family.Kind> kinds = new LinkedHashMap<>();
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    bySite.forEach((site, sources) -> sources.forEach((section, source) -> {
      for (Field field : source.read().fields()) {
        if (field.json() instanceof Number number) {
          boolean counter = field instanceof Field.Counter;
          String name =
              "site_" + snake(section) + "_" + snake(field.name()) + (counter ? "_total" : "");
          kinds.put(name, counter ? Family.Kind.COUNTER : Family.Kind.GAUGE);
          samples
              .computeIfAbsent(name, key -> new ArrayList<>())
              .add(new Sample.Value(Map.of("site", site), number));
        }
      }
    }));
    List<Family> families = new ArrayList<>();
    samples.forEach((name, of) -> {
      Family.Kind kind = kinds.getOrDefault(name, Family.Kind.GAUGE);
      families.add(new Family(name, "As of the default site, by site", kind, of));
    });
    return families;
  }

  private static String snake(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }
}
