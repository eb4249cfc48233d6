package appliance.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the text format 0.0.4 strictly: HELP and TYPE once before a metric's samples, its samples
 * together, none twice; of a histogram the buckets in order, never falling, the last one infinite and
 * equal to the count.
 */
public final class PrometheusText {

  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) (" + NAME + ") (.+)");
  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"";
  private static final Pattern SAMPLE =
      Pattern.compile("(" + NAME + ")(\\{" + LABEL + "(?:," + LABEL + ")*\\})? (\\S+)");
  private static final Pattern BUCKET = Pattern.compile("(\\{.*?),?le=\"([^\"]+)\"\\}");

  private final Map<String, Double> samples = new LinkedHashMap<>();
  private final Map<String, Double> lastBucket = new HashMap<>();
  private final Map<String, Double> lastBound = new HashMap<>();
  private final Set<String> seen = new HashSet<>();
  private String name = "";
  private String type = "";

  private PrometheusText() {}

  /** The samples by name and labels. */
  public static Map<String, Double> parse(String text) {
    assertTrue(text.endsWith("\n"));
    PrometheusText parser = new PrometheusText();
    text.lines().forEach(parser::line);
    parser.lastBound.forEach((key, bound) -> assertEquals(Double.POSITIVE_INFINITY, bound, key));
    return parser.samples;
  }

  private void line(String line) {
    Matcher comment = COMMENT.matcher(line);
    if (!comment.matches()) {
      sample(line);
    } else if (comment.group(1).equals("HELP")) {
      name = comment.group(2);
      assertTrue(seen.add(name), "twice: " + name);
    } else {
      assertEquals(name, comment.group(2));
      type = comment.group(3);
      assertTrue(type.matches("counter|gauge|histogram"), line);
      assertEquals(type.equals("counter"), name.endsWith("_total"), line);
    }
  }

  private void sample(String line) {
    Matcher sample = SAMPLE.matcher(line);
    assertTrue(sample.matches(), "not a sample: " + line);
    String labels = sample.group(2) == null ? "" : sample.group(2);
    double value = Double.parseDouble(sample.group(3).replace("+Inf", "Infinity"));
    assertEquals(null, samples.put(sample.group(1) + labels, value), line);
    if (type.equals("histogram")) {
      histogram(sample.group(1), labels, value, line);
    } else {
      assertEquals(name, sample.group(1));
    }
  }

  private void histogram(String sample, String labels, double value, String line) {
    if (sample.equals(name + "_bucket")) {
      Matcher bucket = BUCKET.matcher(labels);
      assertTrue(bucket.matches(), line);
      String key = name + bucket.group(1) + "}";
      double bound = Double.parseDouble(bucket.group(2).replace("+Inf", "Infinity"));
      assertTrue(bound > lastBound.getOrDefault(key, Double.NEGATIVE_INFINITY), line);
      assertTrue(value >= lastBucket.getOrDefault(key, 0.0), line);
      lastBound.put(key, bound);
      lastBucket.put(key, value);
    } else if (sample.equals(name + "_count")) {
      assertEquals(lastBucket.get(name + (labels.isEmpty() ? "{}" : labels)), value, line);
    } else {
      assertEquals(name + "_sum", sample, line);
    }
  }
}
