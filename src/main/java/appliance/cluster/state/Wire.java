package appliance.cluster.state;

import appliance.model.Endpoints;
import appliance.model.Fingerprint;
import appliance.model.GtidPosition;
import appliance.model.HostPort;
import appliance.model.NodeId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * How this package's records look as bytes: a version, then fields in a fixed order, every length
 * checked before anything is allocated. Broken or hostile input ends in an {@link IOException}.
 */
public final class Wire {

  static final int VERSION = 3;
  /** Of a node's or a cluster's name. */
  public static final int NAME_BYTES_MAX = 255;

  /** Members and those admitted. */
  static final int KEYS_MAX = ClusterState.MEMBERS_MAX + Credentials.ADMITTED_MAX;

  /** Of a position as text; one that is longer, of dozens of domains, counts as not known. */
  public static final int POSITION_BYTES_MAX = 1000;

  private static final int SITES_MAX = 64;

  private Wire() {}

  /** Writes to memory, where nothing can fail. */
  @FunctionalInterface
  public interface Body {
    void write(DataOutput out) throws IOException;
  }

  /** Reads one record. */
  @FunctionalInterface
  public interface Reader<T> {
    T read(DataInput in) throws IOException;
  }

  /** The version, and then {@code body}. */
  public static byte[] encode(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(VERSION);
      body.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws IOException if the version is another, a value is broken, or bytes are left over
   */
  public static <T> T decode(byte[] bytes, Reader<T> reader) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int version = in.readUnsignedByte();
    if (version != VERSION) {
      throw new IOException("format " + version + " is not known to this version of the program");
    }
    T value;
    try {
      value = reader.read(in);
    } catch (IllegalArgumentException e) {
      throw new IOException("a broken value: " + e.getMessage(), e);
    }
    if (in.available() > 0) {
      throw new IOException(in.available() + " bytes too many");
    }
    return value;
  }

  /** A length of four bytes, then UTF-8. */
  public static void text(DataOutput out, String text, int bytesMax) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > bytesMax) {
      throw new IllegalArgumentException(
          "a text of " + bytes.length + " bytes, at most " + bytesMax + " are allowed");
    }
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * @throws IOException if it is longer than {@code bytesMax}
   */
  public static String text(DataInput in, int bytesMax) throws IOException {
    byte[] bytes = new byte[length(in, bytesMax)];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Reads a count or a length that must not be above {@code max}. */
  public static int length(DataInput in, int max) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > max) {
      throw new IOException("a length of " + length + ", at most " + max + " is allowed");
    }
    return length;
  }

  /** 16 bytes. */
  public static void uuid(DataOutput out, UUID uuid) throws IOException {
    out.writeLong(uuid.getMostSignificantBits());
    out.writeLong(uuid.getLeastSignificantBits());
  }

  /** 16 bytes. */
  public static UUID uuid(DataInput in) throws IOException {
    return new UUID(in.readLong(), in.readLong());
  }

  /** As a UUID. */
  public static void node(DataOutput out, NodeId id) throws IOException {
    uuid(out, id.value());
  }

  /** As a UUID. */
  public static NodeId node(DataInput in) throws IOException {
    return new NodeId(uuid(in));
  }

  static void maybeNode(DataOutput out, Optional<NodeId> id) throws IOException {
    out.writeBoolean(id.isPresent());
    if (id.isPresent()) {
      node(out, id.get());
    }
  }

  static Optional<NodeId> maybeNode(DataInput in) throws IOException {
    return in.readBoolean() ? Optional.of(node(in)) : Optional.empty();
  }

  /** Its bytes as they are. */
  public static void key(DataOutput out, Fingerprint key) throws IOException {
    out.write(key.bytes());
  }

  /** Its bytes as they are. */
  public static Fingerprint key(DataInput in) throws IOException {
    byte[] bytes = new byte[Fingerprint.BYTES];
    in.readFully(bytes);
    return Fingerprint.of(bytes);
  }

  /** How many, then each, in order. */
  public static void keys(DataOutput out, Set<Fingerprint> keys) throws IOException {
    out.writeInt(keys.size());
    for (Fingerprint key : new TreeSet<>(keys)) {
      key(out, key);
    }
  }

  /** At most {@link #KEYS_MAX}. */
  public static Set<Fingerprint> keys(DataInput in) throws IOException {
    Set<Fingerprint> keys = new TreeSet<>();
    for (int left = length(in, KEYS_MAX); left > 0; left--) {
      keys.add(key(in));
    }
    return keys;
  }

  /** A length of four bytes, then the bytes. */
  public static void bytes(DataOutput out, byte[] bytes, int bytesMax) throws IOException {
    if (bytes.length > bytesMax) {
      throw new IllegalArgumentException(
          bytes.length + " bytes, at most " + bytesMax + " are allowed");
    }
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * @throws IOException if there are more than {@code bytesMax}
   */
  public static byte[] bytes(DataInput in, int bytesMax) throws IOException {
    byte[] bytes = new byte[length(in, bytesMax)];
    in.readFully(bytes);
    return bytes;
  }

  /** Host as text, then the port. */
  public static void hostPort(DataOutput out, HostPort address) throws IOException {
    text(out, address.host(), NAME_BYTES_MAX);
    out.writeInt(address.port());
  }

  /** Host as text, then the port. */
  public static HostPort hostPort(DataInput in) throws IOException {
    return new HostPort(text(in, NAME_BYTES_MAX), in.readInt());
  }

  /** The name of the constant, as text. */
  public static void choice(DataOutput out, Enum<?> value) throws IOException {
    text(out, value.name(), NAME_BYTES_MAX);
  }

  /**
   * @throws IOException if there is no such constant
   */
  public static <E extends Enum<E>> E choice(DataInput in, Class<E> type) throws IOException {
    return Enum.valueOf(type, text(in, NAME_BYTES_MAX));
  }

  static void endpoints(DataOutput out, Endpoints endpoints) throws IOException {
    hostPort(out, endpoints.cluster());
    hostPort(out, endpoints.peer());
    hostPort(out, endpoints.relay());
    hostPort(out, endpoints.http());
    text(out, endpoints.app().map(URI::toString).orElse(""), Endpoints.APP_BYTES_MAX);
    out.writeByte(endpoints.weight());
    if (endpoints.sites().size() > SITES_MAX) {
      throw new IllegalArgumentException("more than " + SITES_MAX + " sites");
    }
    out.writeByte(endpoints.sites().size());
    for (Map.Entry<String, URI> site : new TreeMap<>(endpoints.sites()).entrySet()) {
      text(out, site.getKey(), NAME_BYTES_MAX);
      text(out, site.getValue().toString(), Endpoints.APP_BYTES_MAX);
    }
  }

  /** As text, of {@link #POSITION_BYTES_MAX} at most. */
  public static void position(DataOutput out, GtidPosition position) throws IOException {
    text(out, position.toString(), POSITION_BYTES_MAX);
  }

  /** As text, of {@link #POSITION_BYTES_MAX} at most. */
  public static GtidPosition position(DataInput in) throws IOException {
    return GtidPosition.parse(text(in, POSITION_BYTES_MAX));
  }

  static Endpoints endpoints(DataInput in) throws IOException {
    HostPort cluster = hostPort(in);
    HostPort peer = hostPort(in);
    HostPort relay = hostPort(in);
    HostPort http = hostPort(in);
    String app = text(in, Endpoints.APP_BYTES_MAX);
    int weight = in.readUnsignedByte();
    return new Endpoints(
            cluster,
            peer,
            relay,
            http,
            app.isEmpty() ? Optional.empty() : Optional.of(URI.create(app)),
            weight)
        .with(sites(in));
  }

  private static Map<String, URI> sites(DataInput in) throws IOException {
    int count = in.readUnsignedByte();
    if (count > SITES_MAX) {
      throw new IOException(count + " sites, at most " + SITES_MAX + " are allowed");
    }
    Map<String, URI> sites = new TreeMap<>();
    for (int left = count; left > 0; left--) {
      sites.put(text(in, NAME_BYTES_MAX), URI.create(text(in, Endpoints.APP_BYTES_MAX)));
    }
    return sites;
  }
}
