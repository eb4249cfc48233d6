package appliance.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.MemberState;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class PrometheusTest {

  private static final Pattern COMMENT =
      Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"";
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{" + LABEL + "(?:," + LABEL + ")*\\})? (\\S+)");

  @Test
  void the_numbers_of_all_sections_are_there_and_the_words_are_not() {
    Map<String, Section> sections = new LinkedHashMap<>();
    sections.put(
        "edge",
        Section.builder()
            .text("http", "a:80")
            .counter("requests", 12)
            .gauge("active", 3)
            .build());
    sections.put(
        "database",
        Section.builder()
            .gauge("lagMillis", 4.5)
            .flag("running", true)
            .gauge("x-y", 1)
            .build());
    Map<String, Double> samples = parse(Prometheus.text(Members.view(), sections));
    assertEquals(12, samples.get("appliance_edge_requests_total"));
    assertEquals(3, samples.get("appliance_edge_active"));
    assertEquals(4.5, samples.get("appliance_database_lag_millis"));
    assertEquals(1, samples.get("appliance_database_running"));
    assertEquals(1, samples.get("appliance_database_x_y"));
    assertFalse(samples.containsKey("appliance_edge_http"));
  }

  @Test
  void the_cluster_is_there_as_this_node_sees_it() {
    Map<String, Double> samples = parse(Prometheus.text(Members.view(), Map.of()));
    assertEquals(7, samples.get("appliance_epoch"));
    assertEquals(1, samples.get("appliance_quorum"));
    assertEquals(1, samples.get("appliance_master"));
    assertEquals(1, samples.get("appliance_member_state{member=\"c\",state=\"down\"}"));
  }

  @Test
  void odd_names_and_odd_numbers_keep_to_the_format() {
    Map<String, Section> sections = new LinkedHashMap<>();
    sections.put(
        "edge",
        Section.builder()
            .gauge("nan", Double.NaN)
            .gauge("inf", Double.POSITIVE_INFINITY)
            .gauge("aB", 1)
            .gauge("a_b", 2)
            .build());
    var odd = Members.member(Members.A, "q\"uo\\te\n", MemberState.ACTIVE, "");
    Map<String, Double> samples = parse(Prometheus.text(Members.view(odd), sections));
    assertEquals(Double.NaN, samples.get("appliance_edge_nan"));
    assertEquals(Double.POSITIVE_INFINITY, samples.get("appliance_edge_inf"));
    assertEquals(1, samples.get("appliance_edge_a_b"));
    assertTrue(samples.containsKey(
        "appliance_member_state{member=\"q\\\"uo\\\\te\\n\",state=\"active\"}"));
  }

  /** Strict: HELP and TYPE once before a metric's samples, its samples together, none twice. */
  private static Map<String, Double> parse(String text) {
    assertTrue(text.endsWith("\n"));
    Map<String, Double> samples = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    String help = "";
    String type = "";
    for (String line : text.lines().toList()) {
      Matcher comment = COMMENT.matcher(line);
      if (comment.matches()) {
        if (comment.group(1).equals("HELP")) {
          help = comment.group(2);
          assertTrue(seen.add(help), "twice: " + help);
        } else {
          type = comment.group(2);
          assertEquals(help, type);
          assertTrue(comment.group(3).matches("counter|gauge"), line);
        }
        continue;
      }
      Matcher sample = SAMPLE.matcher(line);
      assertTrue(sample.matches(), "not a sample: " + line);
      assertEquals(type, sample.group(1));
      String labels = sample.group(2) == null ? "" : sample.group(2);
      String value = sample.group(3).replace("+Inf", "Infinity");
      assertNotNull(value);
      assertEquals(null, samples.put(sample.group(1) + labels, Double.valueOf(value)), line);
    }
    return samples;
  }
}
