package appliance.cluster.state;

import appliance.model.Asker;
import appliance.model.Fingerprint;
import appliance.trust.JoinSecret;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What lets a node in that is no member yet.
 *
 * @param admitted keys that may announce themselves, with the name that was given when they were admitted, the earliest
 *     first
 * @param secret the cluster's join secret; none before its founder has set it
 * @param secretDue whether the leader must make another one
 * @param refused keys that an operator has turned away, the earliest first: until they are admitted
 */
public record Credentials(
    Map<Fingerprint, String> admitted,
    Optional<JoinSecret> secret,
    boolean secretDue,
    List<Fingerprint> refused) {

  /** Enough for a whole cluster that is started at once; of too many the earliest is forgotten. */
  static final int ADMITTED_MAX = 64;

  /** Of too many the earliest is forgotten, and may ask again. */
  static final int REFUSED_MAX = 64;

  static final int REFUSED_BYTES_MAX = 4 + REFUSED_MAX * Fingerprint.BYTES;

  /** Of a cluster that has not begun. */
  public static final Credentials NONE =
      new Credentials(Map.of(), Optional.empty(), true, List.of());

  private static final int SECRET_DUE = 1;
  private static final int REFUSED = 2;

  public Credentials {
    admitted = Collections.unmodifiableMap(new LinkedHashMap<>(admitted));
    refused = List.copyOf(refused);
  }

  Credentials with(Fingerprint key, String name) {
    Map<Fingerprint, String> all = new LinkedHashMap<>(admitted);
    all.remove(key);
    all.put(key, name);
    if (all.size() > ADMITTED_MAX) {
      all.remove(all.keySet().iterator().next());
    }
    return new Credentials(
        all, secret, secretDue, refused.stream().filter(k -> !k.equals(key)).toList());
  }

  Credentials without(Fingerprint key) {
    Map<Fingerprint, String> all = new LinkedHashMap<>(admitted);
    all.remove(key);
    return new Credentials(all, secret, secretDue, refused);
  }

  /** Who was let in and has not joined yet, from wherever it may. */
  public List<Asker> letIn() {
    return admitted.entrySet().stream()
        .map(e -> new Asker(e.getKey(), e.getValue(), ""))
        .toList();
  }

  Credentials refusing(Fingerprint key) {
    List<Fingerprint> all = new ArrayList<>(refused);
    all.remove(key);
    all.add(key);
    return refusing(all.subList(Math.max(0, all.size() - REFUSED_MAX), all.size()));
  }

  Credentials refusing(List<Fingerprint> keys) {
    return new Credentials(admitted, secret, secretDue, keys);
  }

  Credentials with(JoinSecret now) {
    return new Credentials(admitted, Optional.of(now), false, refused);
  }

  /** Whoever is removed knew the secret, and may have had others admitted by it. */
  Credentials afterRemoval() {
    return new Credentials(Map.of(), secret, true, refused);
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(admitted.size());
    for (var entry : admitted.entrySet()) {
      Wire.key(out, entry.getKey());
      Wire.text(out, entry.getValue(), Wire.NAME_BYTES_MAX);
    }
    Wire.text(out, secret.map(JoinSecret::text).orElse(""), JoinSecret.CHARACTERS_MAX);
    out.writeByte((secretDue ? SECRET_DUE : 0) | (refused.isEmpty() ? 0 : REFUSED));
    if (!refused.isEmpty()) {
      out.writeInt(refused.size());
      for (Fingerprint key : refused) {
        Wire.key(out, key);
      }
    }
  }

  static Credentials read(DataInput in) throws IOException {
    Map<Fingerprint, String> admitted = new LinkedHashMap<>();
    for (int left = Wire.length(in, ADMITTED_MAX); left > 0; left--) {
      admitted.put(Wire.key(in), Wire.text(in, Wire.NAME_BYTES_MAX));
    }
    String secret = Wire.text(in, JoinSecret.CHARACTERS_MAX);
    int flags = in.readUnsignedByte();
    List<Fingerprint> refused = new ArrayList<>();
    if ((flags & REFUSED) != 0) {
      for (int left = Wire.length(in, REFUSED_MAX); left > 0; left--) {
        refused.add(Wire.key(in));
      }
    }
    return new Credentials(
        admitted,
        secret.isEmpty() ? Optional.empty() : Optional.of(new JoinSecret(secret)),
        (flags & SECRET_DUE) != 0,
        refused);
  }
}
