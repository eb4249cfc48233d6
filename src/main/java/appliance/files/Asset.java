package appliance.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file that may be sent, in all its encodings.
 *
 * @param representations by preference, the plain one last
 * @param modifiedMillis when it was last changed, in full seconds and never in the future
 * @param lastModified the same as an HTTP date
 */
record Asset(
    List<Representation> representations,
    String contentType,
    long modifiedMillis,
    String lastModified,
    Optional<String> cacheControl) {

  /** Bytes of memory that an asset takes beside its content; a generous guess. */
  private static final int OVERHEAD_BYTES = 1024;

  Asset {
    representations = List.copyOf(representations);
  }

  /** Whether it may be kept: no encoding of it can change without a trace any more. */
  boolean isLasting(long nowMillis) {
    return representations.stream().allMatch(one -> one.stamp().isSettled(nowMillis));
  }

  /** Whether the date is old enough to identify a content (RFC 9110, 8.8.2.2). */
  boolean isSettled(long nowMillis) {
    return nowMillis - modifiedMillis >= 2_000;
  }

  Representation plain() {
    return representations.get(representations.size() - 1);
  }

  /** Whether the answer depends on Accept-Encoding. */
  boolean isVaried() {
    return representations.size() > 1;
  }

  /**
   * The representation that the client likes best; among equals the first.
   *
   * @param accepted the lines of Accept-Encoding
   * @param stable whether the bytes must be those of a file, since only a part of them is wanted
   */
  Representation choose(List<String> accepted, boolean stable) {
    Representation best = plain();
    if (!isVaried() || accepted.isEmpty()) {
      return best;
    }
    int bestWeight = Math.max(0, AcceptEncoding.identityWeight(accepted) - 1);
    for (Representation one : representations) {
      if (one.isPlain() || (one.made() && stable)) {
        continue;
      }
      int weight = AcceptEncoding.weight(accepted, one.coding());
      if (weight > bestWeight) {
        best = one;
        bestWeight = weight;
      }
    }
    return best;
  }

  boolean sameOnDisk(Asset other) {
    if (representations.size() != other.representations.size()) {
      return false;
    }
    for (int i = 0; i < representations.size(); i++) {
      if (!representations.get(i).sameOnDisk(other.representations.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** This with the content of {@code loaded} in memory. */
  Asset with(Representation loaded) {
    List<Representation> all = new ArrayList<>();
    representations.forEach(one -> all.add(one.sameOnDisk(loaded) ? loaded : one));
    return new Asset(all, contentType, modifiedMillis, lastModified, cacheControl);
  }

  long bytesInMemory() {
    long bytes = OVERHEAD_BYTES;
    for (Representation one : representations) {
      bytes += one.bytes() == null ? 0 : one.bytes().capacity();
    }
    return bytes;
  }
}
