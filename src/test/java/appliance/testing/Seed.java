package appliance.testing;

/** Where a test's random choices begin: {@code -Dseed=N} makes those of an earlier run once more. */
public final class Seed {

  private Seed() {}

  /** Prints it at once, so that it is known whatever the test comes to. */
  public static long next() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    return seed;
  }
}
