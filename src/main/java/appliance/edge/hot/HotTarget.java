package appliance.edge.hot;

/**
 * The bytes of a request target as a key. One that is kept never changes; a thread's own is set anew for
 * each look.
 */
final class HotTarget {

  private byte[] bytes = new byte[0];
  private int from;
  private int end;
  private int hash;

  /** Looks at {@code bytes} without a copy, until it is set again. */
  HotTarget set(byte[] of, int first, int last) {
    bytes = of;
    from = first;
    end = last;
    int sum = 0;
    for (int i = first; i < last; i++) {
      sum = sum * 31 + of[i];
    }
    hash = sum ^ sum >>> 16;
    return this;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HotTarget that
        && hash == that.hash
        && java.util.Arrays.equals(bytes, from, end, that.bytes, that.from, that.end);
  }
}
