package appliance.model;

/**
 * The number of a mastership, growing by one with each new master: the fencing token of everything a
 * master does. Zero means that there has been none yet.
 */
public record Epoch(long value) implements Comparable<Epoch> {

  public static final Epoch NONE = new Epoch(0);

  public Epoch {
    if (value < 0) {
      throw new IllegalArgumentException("an epoch is never negative: " + value);
    }
  }

  public Epoch next() {
    return new Epoch(value + 1);
  }

  @Override
  public int compareTo(Epoch other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
