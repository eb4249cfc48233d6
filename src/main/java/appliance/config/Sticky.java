package appliance.config;

/**
 * Whether a client stays with the application that answered it first.
 *
 * @param cookie the application's cookie that makes it stay, if {@code mode} is {@code APPLICATION};
 *     else empty
 */
public record Sticky(Mode mode, String cookie) {

  public static final Sticky OFF = new Sticky(Mode.OFF, "");

  /** What makes a client stay. */
  public enum Mode {
    OFF,
    /** Its first request. */
    ON,
    /** A cookie that an application sets, its session's for example. */
    APPLICATION
  }
}
