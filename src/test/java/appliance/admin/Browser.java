package appliance.admin;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** A client that keeps a session's cookie and CSRF token, and can be told to misbehave. */
final class Browser {

  /** Of all guesses together, fewer than make every address wait. */
  static final int ROUNDS_MAX = 5;

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(60)).build();
  private final URI url;
  private final Map<String, String> headers = new LinkedHashMap<>();

  Browser(URI url) {
    this.url = url;
  }

  /** The same session at another node. */
  Browser at(URI other) {
    Browser browser = new Browser(other);
    browser.headers.putAll(headers);
    return browser;
  }

  Browser with(String header, String value) {
    headers.put(header, value);
    return this;
  }

  Browser without(String header) {
    headers.remove(header);
    return this;
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send("GET", path, "");
  }

  HttpResponse<String> post(String path) throws IOException, InterruptedException {
    return send("POST", path, "");
  }

  HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path))
        .timeout(Duration.ofSeconds(60))
        .method(method, HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> login(String password) throws IOException, InterruptedException {
    headers.put("content-type", "application/json");
    JsonObject body = new JsonObject();
    body.addProperty("password", password);
    HttpResponse<String> response = send("POST", "/api/login", body.toString());
    response
        .headers()
        .firstValue("set-cookie")
        .ifPresent(cookie -> headers.put("cookie", cookie.substring(0, cookie.indexOf(';'))));
    return response;
  }

  /**
   * What the right password gets right after as many wrong ones as are free. A sign-in that succeeds came
   * when the second of waiting was over: it counts for nothing, and all is tried again.
   */
  HttpResponse<String> loginAfterGuesses(String password) throws IOException, InterruptedException {
    HttpResponse<String> answer = login("guess");
    for (int round = 0; round < ROUNDS_MAX; round++) {
      for (int i = round == 0 ? 1 : 0; i < Throttle.FREE_TRIES; i++) {
        answer = login("guess" + i);
        if (answer.statusCode() != 401) {
          throw new IOException("guess " + i + ": " + answer.statusCode() + " " + answer.body());
        }
      }
      answer = login(password);
      if (answer.statusCode() != 200) {
        return answer;
      }
    }
    return answer;
  }

  /** Signs in and fetches the CSRF token. */
  Browser signedIn(String password) throws IOException, InterruptedException {
    HttpResponse<String> response = login(password);
    if (response.statusCode() != 200) {
      throw new IOException("sign-in failed: " + response.statusCode() + " " + response.body());
    }
    return with("x-csrf-token", json(get("/api/session")).get("csrf").getAsString());
  }

  static JsonObject json(HttpResponse<String> response) {
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }
}
