package appliance.config;

import java.util.Locale;

/**
 * One thing that is wrong with the configuration.
 *
 * @param place where it was set, as the operator knows it: a flag, a variable, or a file's key
 * @param value as it was written, without secrets
 * @param fix what to write instead
 */
public record Problem(String place, String value, String fix) {

  @Override
  public String toString() {
    String shown = value.isEmpty() ? "" : String.format(Locale.ROOT, " '%s'", value);
    return place + shown + ": " + fix;
  }
}
