package appliance.cluster.state;

import appliance.model.Fingerprint;
import appliance.trust.JoinSecret;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What lets a node in that is no member yet.
 *
 * @param admitted keys that may announce themselves, with the name that was given when they were admitted
 * @param secret the cluster's join secret; none before its founder has set it
 * @param secretDue whether the leader must make another one
 */
public record Credentials(
    SortedMap<Fingerprint, String> admitted, Optional<JoinSecret> secret, boolean secretDue) {

  /** Enough for a whole cluster that is started at once. */
  static final int ADMITTED_MAX = 64;

  static final Credentials NONE = new Credentials(new TreeMap<>(), Optional.empty(), true);

  public Credentials {
    admitted = Collections.unmodifiableSortedMap(new TreeMap<>(admitted));
  }

  Credentials with(Fingerprint key, String name) {
    SortedMap<Fingerprint, String> all = new TreeMap<>(admitted);
    all.put(key, name);
    return new Credentials(all, secret, secretDue);
  }

  Credentials without(Fingerprint key) {
    SortedMap<Fingerprint, String> all = new TreeMap<>(admitted);
    all.remove(key);
    return new Credentials(all, secret, secretDue);
  }

  Credentials with(JoinSecret now) {
    return new Credentials(admitted, Optional.of(now), false);
  }

  /** Whoever is removed knew the secret, and may have had others admitted by it. */
  Credentials afterRemoval() {
    return new Credentials(new TreeMap<>(), secret, true);
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(admitted.size());
    for (var entry : admitted.entrySet()) {
      Wire.key(out, entry.getKey());
      Wire.text(out, entry.getValue(), Wire.NAME_BYTES_MAX);
    }
    Wire.text(out, secret.map(JoinSecret::text).orElse(""), JoinSecret.CHARACTERS_MAX);
    out.writeBoolean(secretDue);
  }

  static Credentials read(DataInput in) throws IOException {
    SortedMap<Fingerprint, String> admitted = new TreeMap<>();
    for (int left = Wire.length(in, ADMITTED_MAX); left > 0; left--) {
      admitted.put(Wire.key(in), Wire.text(in, Wire.NAME_BYTES_MAX));
    }
    String secret = Wire.text(in, JoinSecret.CHARACTERS_MAX);
    return new Credentials(
        admitted,
        secret.isEmpty() ? Optional.empty() : Optional.of(new JoinSecret(secret)),
        in.readBoolean());
  }
}
