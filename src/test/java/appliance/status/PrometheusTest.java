package appliance.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.MemberState;
import appliance.testing.PrometheusText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PrometheusTest {

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
    Map<String, Double> samples =
        PrometheusText.parse(Prometheus.text(Members.view(), sections, List.of()));
    assertEquals(12, samples.get("appliance_edge_requests_total"));
    assertEquals(3, samples.get("appliance_edge_active"));
    assertEquals(4.5, samples.get("appliance_database_lag_millis"));
    assertEquals(1, samples.get("appliance_database_running"));
    assertEquals(1, samples.get("appliance_database_x_y"));
    assertFalse(samples.containsKey("appliance_edge_http"));
  }

  @Test
  void the_cluster_is_there_as_this_node_sees_it() {
    Map<String, Double> samples =
        PrometheusText.parse(Prometheus.text(Members.view(), Map.of(), List.of()));
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
    Map<String, Double> samples =
        PrometheusText.parse(Prometheus.text(Members.view(odd), sections, List.of()));
    assertEquals(Double.NaN, samples.get("appliance_edge_nan"));
    assertEquals(Double.POSITIVE_INFINITY, samples.get("appliance_edge_inf"));
    assertEquals(1, samples.get("appliance_edge_a_b"));
    assertTrue(samples.containsKey(
        "appliance_member_state{member=\"q\\\"uo\\\\te\\n\",state=\"active\"}"));
  }

  @Test
  void a_histogram_has_growing_buckets_a_sum_and_a_count() {
    Sample.Distribution times = new Sample.Distribution(
        Map.of("site", "a\"b"),
        List.of(
            new Sample.Bucket(0.01, 2),
            new Sample.Bucket(1, 5),
            new Sample.Bucket(Double.POSITIVE_INFINITY, 6)),
        12.5);
    Sample.Value asked = new Sample.Value(Map.of("site", "x", "class", "2xx"), 7);
    Map<String, Double> samples = PrometheusText.parse(Prometheus.text(
        Members.view(),
        Map.of(),
        List.of(
            new Family("t_seconds", "Times", Family.Kind.HISTOGRAM, List.of(times)),
            new Family("empty", "Nothing", Family.Kind.GAUGE, List.of()),
            new Family("asked_total", "Asked", Family.Kind.COUNTER, List.of(asked)))));
    assertEquals(5, samples.get("appliance_t_seconds_bucket{site=\"a\\\"b\",le=\"1.0\"}"));
    assertEquals(6, samples.get("appliance_t_seconds_bucket{site=\"a\\\"b\",le=\"+Inf\"}"));
    assertEquals(12.5, samples.get("appliance_t_seconds_sum{site=\"a\\\"b\"}"));
    assertEquals(6, samples.get("appliance_t_seconds_count{site=\"a\\\"b\"}"));
    assertEquals(7, samples.get("appliance_asked_total{class=\"2xx\",site=\"x\"}"));
    assertFalse(samples.containsKey("appliance_empty"));
  }
}
