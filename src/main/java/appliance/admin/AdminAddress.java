package appliance.admin;

import appliance.trust.PrivateFile;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code DATA/admin.address}: where a client on the same machine reaches the node that runs on that
 * folder. There while the node runs.
 *
 * @param url scheme, host and port
 * @param fingerprint the SHA-256 of the certificate in hex with colons, if the scheme is https
 */
public record AdminAddress(URI url, Optional<String> fingerprint) {

  public static final String FILE = "admin.address";

  public AdminAddress {
    boolean web = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
    if (!web || url.getHost() == null) {
      throw new IllegalArgumentException("not the address of a web server: " + url);
    }
  }

  /**
   * @throws java.nio.file.NoSuchFileException if no node runs on this folder
   * @throws IOException if the file cannot be read
   */
  public static AdminAddress read(Path dataFolder) throws IOException {
    Path file = dataFolder.resolve(FILE);
    try {
      JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
      return new AdminAddress(
          URI.create(json.get("url").getAsString()),
          Optional.ofNullable(json.get("fingerprint")).map(f -> f.getAsString()));
    } catch (JsonParseException
        | IllegalStateException
        | IllegalArgumentException
        | UnsupportedOperationException
        | NullPointerException e) {
      throw new IOException(file + " is damaged: restart the node, it writes a new one", e);
    }
  }

  void write(Path dataFolder) throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty("url", url.toString());
    fingerprint.ifPresent(value -> json.addProperty("fingerprint", value));
    PrivateFile.write(dataFolder.resolve(FILE), json + "\n");
  }

  static void remove(Path dataFolder) throws IOException {
    Files.deleteIfExists(dataFolder.resolve(FILE));
  }
}
