package appliance.config;

import appliance.model.HostPort;
import appliance.runtime.FileTrouble;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code mysql://user:password@host:port/schema}; the password may stand elsewhere. */
final class DatabaseUrl {

  private static final String FIX = "write mysql://user:password@host:port/schema, or none";
  private static final Pattern USER_ALONE = Pattern.compile("[a-z]+://[^:@/]*@[^@]*");
  private static final Pattern PASSWORD = Pattern.compile("^([a-z]*://[^:@/]*):.*@");
  private static final Pattern SCHEMA = Pattern.compile("[A-Za-z0-9_$-]{1,64}");

  private static final int FILE_BYTES_MAX = 4096;

  private final Values values;

  DatabaseUrl(Values values) {
    this.values = values;
  }

  Optional<DatabaseConfig> read() {
    String text = values.text(Setting.DATABASE);
    if (text.isEmpty() || text.equals("none")) {
      return Optional.empty();
    }
    try {
      return Optional.of(parse(URI.create(text)));
    } catch (IllegalArgumentException e) {
      values.refuse(Setting.DATABASE, shown(text), FIX);
      return Optional.empty();
    }
  }

  /** Without the password, which is somewhere before the last @ also where nothing else is in its place. */
  private static String shown(String text) {
    if (USER_ALONE.matcher(text).matches()) {
      return text;
    }
    Matcher usual = PASSWORD.matcher(text);
    return usual.find() ? usual.replaceFirst("$1:***@") : text.replaceFirst("^.+@", "***@");
  }

  private DatabaseConfig parse(URI uri) {
    String scheme = require(uri.getScheme());
    String path = require(uri.getPath());
    if (!scheme.equals("mysql") && !scheme.equals("mariadb")) {
      throw new IllegalArgumentException("scheme");
    }
    String schema = path.startsWith("/") ? path.substring(1) : path;
    if (!SCHEMA.matcher(schema).matches() || uri.getQuery() != null) {
      throw new IllegalArgumentException("schema");
    }
    String host = require(uri.getHost());
    int port = uri.getPort() < 0 ? 3306 : uri.getPort();
    String[] user = require(uri.getRawUserInfo()).split(":", 2);
    String password = user.length > 1 ? decoded(user[1]) : passwordFromElsewhere();
    return new DatabaseConfig(new HostPort(host, port), decoded(user[0]), password, schema);
  }

  private static String require(String part) {
    if (part == null || part.isEmpty()) {
      throw new IllegalArgumentException("incomplete");
    }
    return part;
  }

  /** Percent-decoding alone: unlike in a form, a plus is a plus. */
  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private String passwordFromElsewhere() {
    if (!values.has(Setting.DATABASE_PASSWORD_FILE)) {
      return values.text(Setting.DATABASE_PASSWORD);
    }
    return values.path(Setting.DATABASE_PASSWORD_FILE).map(this::firstLine).orElse("");
  }

  private String firstLine(Path file) {
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw new IOException("it is too long for a password");
      }
      String line = Files.readString(file).lines().findFirst().orElse("");
      if (line.isEmpty()) {
        values.refuse(
            Setting.DATABASE_PASSWORD_FILE, "has an empty first line; write the password there");
      }
      return line;
    } catch (IOException e) {
      values.refuse(
          Setting.DATABASE_PASSWORD_FILE,
          "cannot be read (" + FileTrouble.of(e) + "); give a readable file");
      return "";
    }
  }
}
