package appliance.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusTableTest {

  @ParameterizedTest
  @CsvSource({"12, 12 ms", "0, 0 ms", "-1, -"})
  void a_lag_that_is_not_known_yet_is_a_dash(String millis, String shown) {
    JsonObject status = JsonParser.parseString("""
        {"cluster": "shop", "master": "a", "epoch": 1, "quorum": true, "members": [
          {"name": "a", "state": "ACTIVE", "reason": "", "edge": {"requests": 1, "active": 2},
           "app": {"url": "", "healthy": true},
           "database": {"engine": "h2", "state": "RUNNING", "position": "0-1-2", "lagMillis": %s},
           "media": {"files": 3, "pending": 4}}]}
        """.formatted(millis)).getAsJsonObject();
    StringWriter written = new StringWriter();
    StatusTable.print(status, new PrintWriter(written, true));
    String row = written.toString().lines().skip(2).findFirst().orElseThrow();
    assertEquals(
        "a master ACTIVE 1 2 - h2 RUNNING " + shown + " 3 4",
        row.replaceAll(" +", " ").strip());
  }
}
