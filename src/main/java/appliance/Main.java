package appliance;

import appliance.cli.Appliance;

/** The jar's entry point; everything else begins in {@link Appliance}. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    System.exit(Appliance.run(args));
  }
}
