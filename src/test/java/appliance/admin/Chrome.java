package appliance.admin;

import appliance.testing.Ports;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A headless Chromium, driven through ChromeDriver's protocol (W3C WebDriver). */
final class Chrome implements AutoCloseable {

  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final HttpClient client = HttpClient.newHttpClient();
  private final Gson gson = new Gson();
  private final Process driver;
  private final String url;
  private final String session;

  Chrome(Path profile) throws IOException, InterruptedException {
    int port = Ports.free();
    driver = new ProcessBuilder(DRIVER.toString(), "--port=" + port)
        .redirectErrorStream(true)
        .redirectOutput(profile.resolve("chromedriver.log").toFile())
        .start();
    url = "http://127.0.0.1:" + port;
    Instant end = Instant.now().plus(PATIENCE);
    while (!isReady()) {
      if (Instant.now().isAfter(end)) {
        throw new IOException("chromedriver is not ready");
      }
      Thread.sleep(50);
    }
    session = call("POST", "/session", capabilities(profile))
        .getAsJsonObject()
        .get("sessionId")
        .getAsString();
  }

  static boolean isInstalled() {
    return Files.isExecutable(DRIVER);
  }

  private static Object capabilities(Path profile) {
    List<String> arguments = List.of(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--user-data-dir=" + profile);
    return Map.of(
        "capabilities",
        Map.of(
            "alwaysMatch",
            Map.of(
                "goog:chromeOptions",
                Map.of("args", arguments),
                "acceptInsecureCerts",
                true,
                "goog:loggingPrefs",
                Map.of("browser", "ALL"))));
  }

  private boolean isReady() throws InterruptedException {
    try {
      return call("GET", "/status", Map.of()).getAsJsonObject().get("ready").getAsBoolean();
    } catch (IOException e) {
      return false; // it is still starting
    }
  }

  private JsonElement call(String method, String path, Object body)
      throws IOException, InterruptedException {
    HttpRequest.BodyPublisher content = method.equals("POST")
        ? HttpRequest.BodyPublishers.ofString(gson.toJson(body))
        : HttpRequest.BodyPublishers.noBody();
    HttpResponse<String> response = client.send(
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(PATIENCE)
            .method(method, content)
            .build(),
        HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(path + ": " + response.body());
    }
    return JsonParser.parseString(response.body()).getAsJsonObject().get("value");
  }

  private JsonElement ask(String command, Object body) throws IOException, InterruptedException {
    return call("POST", "/session/" + session + command, body);
  }

  void open(URI page) throws IOException, InterruptedException {
    ask("/url", Map.of("url", page.toString()));
  }

  /** The value of a JavaScript expression on the page, as text. */
  String eval(String expression) throws IOException, InterruptedException {
    JsonElement value =
        ask("/execute/sync", Map.of("script", "return " + expression, "args", List.of()));
    return value.isJsonNull()
        ? ""
        : value.isJsonPrimitive() ? value.getAsString() : value.toString();
  }

  /** Waits until the expression is true. */
  void await(String expression) throws IOException, InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    while (!eval("!!(" + expression + ")").equals("true")) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("never true: " + expression + "\n"
            + eval("document.body.innerText") + "\n" + console());
      }
      Thread.sleep(50);
    }
  }

  /** Types keys where the focus is; {@code \uE007} is Enter, {@code \uE004} Tab. */
  void type(String keys) throws IOException, InterruptedException {
    List<Object> actions = keys.chars()
        .mapToObj(key -> String.valueOf((char) key))
        .<Object>mapMulti((key, all) -> {
          all.accept(Map.of("type", "keyDown", "value", key));
          all.accept(Map.of("type", "keyUp", "value", key));
        })
        .toList();
    ask(
        "/actions",
        Map.of("actions", List.of(Map.of("type", "key", "id", "keyboard", "actions", actions))));
  }

  /** A command of the browser's own protocol. */
  void developer(String command, Map<String, Object> parameters)
      throws IOException, InterruptedException {
    ask("/goog/cdp/execute", Map.of("cmd", command, "params", parameters));
  }

  void look(int width, int height, String scheme) throws IOException, InterruptedException {
    developer(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    developer(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  void screenshot(Path file) throws IOException, InterruptedException {
    String png = call("GET", "/session/" + session + "/screenshot", Map.of()).getAsString();
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, Base64.getDecoder().decode(png));
  }

  /** What the page wrote to the browser's console: errors and refused contents. */
  String console() throws IOException, InterruptedException {
    return ask("/se/log", Map.of("type", "browser")).toString();
  }

  @Override
  public void close() throws IOException {
    try {
      call("DELETE", "/session/" + session, Map.of());
      driver.destroy();
      driver.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      driver.destroyForcibly();
    }
  }
}
