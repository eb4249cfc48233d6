package appliance.model;

/**
 * What one check of an application has come to.
 *
 * @param why for an operator to read; empty if nothing speaks against it
 */
public record CheckResult(Verdict verdict, String why) {

  /** How the application is by it. */
  public enum Verdict {
    /** It answered, and not with a server error. */
    PASSED,
    /** It is there and gets on, and has no place free to say how it is: this speaks neither for it nor against it. */
    BUSY,
    /** Nobody is there. */
    ABSENT,
    /** It answered with a server error, or not in time, or could not be asked. */
    FAILED
  }

  public static final CheckResult PASSED = new CheckResult(Verdict.PASSED, "");
  public static final CheckResult BUSY = new CheckResult(Verdict.BUSY, "");

  public CheckResult {
    boolean against = verdict == Verdict.ABSENT || verdict == Verdict.FAILED;
    if (against == why.isEmpty()) {
      throw new IllegalArgumentException(verdict + " with the reason '" + why + "'");
    }
  }

  public static CheckResult absent(String why) {
    return new CheckResult(Verdict.ABSENT, why);
  }

  public static CheckResult failed(String why) {
    return new CheckResult(Verdict.FAILED, why);
  }

  /** Whether it answered well. */
  public boolean passed() {
    return verdict == Verdict.PASSED;
  }
}
