package appliance.cli;

import appliance.admin.AdminAddress;
import appliance.admin.AdminToken;
import appliance.model.HostPort;
import appliance.runtime.ExitCode;
import appliance.runtime.FileTrouble;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;

/** Talks to the admin API of the node on this machine, with the token of its data folder. */
final class AdminClient {

  private static final int CONNECT_MILLIS_MAX = 3000;
  private static final int SILENCE_MILLIS_MAX = 20_000;
  private static final int ANSWER_BYTES_MAX = 8 * 1024 * 1024;

  private final AdminAddress address;
  private final String token;

  private AdminClient(AdminAddress address, String token) {
    this.address = address;
    this.token = token;
  }

  static AdminClient of(Path data, Optional<String> admin) throws CommandFailure {
    try {
      AdminAddress kept = AdminAddress.read(data);
      AdminAddress address = admin.isEmpty() ? kept : elsewhere(kept, admin.get());
      return new AdminClient(address, AdminToken.read(data));
    } catch (NoSuchFileException e) {
      throw new CommandFailure(
          ExitCode.NO_NODE,
          "No node runs on " + data.toAbsolutePath().normalize()
              + ": start one, or name the folder of one that runs with --data DIR.",
          e);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.NO_NODE,
          "The node's files in " + data + " cannot be read (" + FileTrouble.of(e)
              + "): run this as root, or as the node's user.",
          e);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(
          ExitCode.BAD_CONFIG,
          "--admin " + admin.orElse("") + ": " + e.getMessage()
              + ". Write ADDRESS:PORT as in the node's own setting, for example 127.0.0.1:8090.",
          e);
    }
  }

  /** The token is never sent in clear to another machine. */
  private static AdminAddress elsewhere(AdminAddress kept, String admin) {
    HostPort given = HostPort.parse(admin, 8090);
    String scheme = kept.url().getScheme();
    if (scheme.equals("http") && !given.isLoopback()) {
      throw new IllegalArgumentException("the node of this data folder listens on loopback only");
    }
    return new AdminAddress(URI.create(scheme + "://" + given), kept.fingerprint());
  }

  /** The object of {@code /api/status}. */
  JsonObject status() throws CommandFailure {
    return call("GET", "/api/status");
  }

  /** Has the cluster carry out {@code command} on {@code member}. */
  void command(String command, String member) throws CommandFailure {
    String node = URLEncoder.encode(member, StandardCharsets.UTF_8);
    call("POST", "/api/" + command + "?node=" + node);
  }

  /** Has the node itself carry out the command at {@code path}. */
  JsonObject local(String path) throws CommandFailure {
    return call("POST", path);
  }

  private JsonObject call(String method, String path) throws CommandFailure {
    try {
      HttpURLConnection connection = open(path);
      connection.setRequestMethod(method);
      int status = connection.getResponseCode();
      JsonObject answer = body(connection, status);
      if (status >= 300) {
        JsonElement error = answer.get("error");
        throw new CommandFailure(
            ExitCode.CLUSTER,
            "The node refused: " + (error == null ? "status " + status : error.getAsString()));
      }
      return answer;
    } catch (IOException | JsonParseException | IllegalStateException e) {
      throw new CommandFailure(
          ExitCode.NO_NODE,
          "No node answers at " + address.url() + " (" + e.getMessage()
              + "): is it running? Its log says more.",
          e);
    } catch (GeneralSecurityException e) {
      throw new CommandFailure(ExitCode.FAILED, "TLS does not work on this machine: " + e, e);
    }
  }

  private HttpURLConnection open(String path) throws IOException, GeneralSecurityException {
    var connection =
        (HttpURLConnection) address.url().resolve(path).toURL().openConnection(Proxy.NO_PROXY);
    connection.setConnectTimeout(CONNECT_MILLIS_MAX);
    connection.setReadTimeout(SILENCE_MILLIS_MAX);
    connection.setInstanceFollowRedirects(false);
    connection.setRequestProperty("Authorization", "Bearer " + token);
    if (connection instanceof HttpsURLConnection https) {
      https.setSSLSocketFactory(
          PinnedCertificate.context(address.fingerprint().orElse("")).getSocketFactory());
      https.setHostnameVerifier((host, session) -> true); // the certificate itself is pinned
    }
    return connection;
  }

  private static JsonObject body(HttpURLConnection connection, int status) throws IOException {
    try (InputStream in =
        status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
      byte[] body = in == null ? new byte[0] : in.readNBytes(ANSWER_BYTES_MAX);
      JsonElement json = JsonParser.parseString(new String(body, StandardCharsets.UTF_8));
      return json.isJsonObject() ? json.getAsJsonObject() : new JsonObject();
    }
  }
}
