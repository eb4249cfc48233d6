package appliance.cli;

/** The command line of the jar. */
public final class Appliance {

  private Appliance() {}

  /** Runs one command line and returns the exit code of the process. */
  public static int run(String[] args) {
    return args.length;
  }
}
