package appliance.status;

import appliance.model.ClusterView;
import appliance.model.Member;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * This node's sections in the Prometheus text format 0.0.4: {@code appliance_<section>_<field>}, in
 * snake case, counters with {@code _total}; and its view of the cluster.
 */
public final class Prometheus {

  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder text = new StringBuilder();
  private final Set<String> names = new HashSet<>();

  private Prometheus() {}

  public static String text(
      ClusterView view, Map<String, Section> sections, List<Family> families) {
    Prometheus metrics = new Prometheus();
    metrics.addView(view);
    sections.forEach(
        (name, section) -> section.fields().forEach(field -> metrics.addField(name, field)));
    families.forEach(metrics::addFamily);
    return metrics.text.toString();
  }

  private void addView(ClusterView view) {
    gauge(
        "appliance_epoch",
        "The mastership that this node knows of",
        view.epoch().value());
    gauge("appliance_quorum", "1 while in touch with a majority", view.quorum() ? 1 : 0);
    gauge("appliance_master", "1 on the master", view.isMaster() ? 1 : 0);
    header("appliance_member_state", "1 for the state that a member is in", "gauge");
    for (Member member : view.members()) {
      text.append("appliance_member_state{member=\"")
          .append(escaped(member.name()))
          .append("\",state=\"")
          .append(member.state().name().toLowerCase(Locale.ROOT))
          .append("\"} 1\n");
    }
  }

  private void gauge(String name, String help, Number value) {
    header(name, help, "gauge");
    text.append(name).append(' ').append(value).append('\n');
  }

  private void addField(String section, Field field) {
    boolean counter = field instanceof Field.Counter;
    String name =
        "appliance_" + snake(section) + "_" + snake(field.name()) + (counter ? "_total" : "");
    Object value = field.json() instanceof Boolean flag ? (flag ? 1 : 0) : field.json();
    if (value instanceof Number number && names.add(name)) {
      header(name, section + "." + field.name() + " of the status", counter ? "counter" : "gauge");
      text.append(name).append(' ').append(number(number)).append('\n');
    }
  }

  private void addFamily(Family family) {
    String name = "appliance_" + family.name();
    if (family.samples().isEmpty() || names.contains(name)) {
      return;
    }
    header(name, family.help(), family.kind().name().toLowerCase(Locale.ROOT));
    for (Sample sample : family.samples()) {
      if (sample instanceof Sample.Value value) {
        sample(name, labels(sample.labels()), value.value());
      } else if (sample instanceof Sample.Distribution distribution) {
        add(name, distribution);
      }
    }
  }

  private void add(String name, Sample.Distribution distribution) {
    String labels = labels(distribution.labels());
    for (Sample.Bucket bucket : distribution.buckets()) {
      String le = "le=\"" + number(bucket.bound()) + "\"";
      sample(name + "_bucket", labels.isEmpty() ? le : labels + "," + le, bucket.count());
    }
    sample(name + "_sum", labels, distribution.sum());
    sample(name + "_count", labels, distribution.count());
  }

  private void sample(String name, String labels, Number value) {
    text.append(name);
    if (!labels.isEmpty()) {
      text.append('{').append(labels).append('}');
    }
    text.append(' ').append(number(value)).append('\n');
  }

  private static String labels(Map<String, String> labels) {
    return labels.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(label -> label.getKey() + "=\"" + escaped(label.getValue()) + "\"")
        .collect(Collectors.joining(","));
  }

  private void header(String name, String help, String type) {
    names.add(name);
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private static String number(Number number) {
    double value = number.doubleValue();
    return Double.isInfinite(value) ? (value > 0 ? "+Inf" : "-Inf") : number.toString();
  }

  /** {@code lagMillis} becomes {@code lag_millis}; what no name may hold becomes an underscore. */
  private static String snake(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z0-9_]", "_");
  }

  private static String escaped(String label) {
    return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
