package appliance.config;

/** What the parser of YAML says is wrong, with what to do: it speaks to those who know YAML's own words. */
final class YamlFault {

  private YamlFault() {}

  static String words(String fault) {
    if (fault.contains("TAB")) {
      return "there is a tab before a key or a list's item; indent with blanks";
    }
    if (fault.contains("cannot start any token")) {
      return "a value begins with a character that means something in YAML; put it in quotes";
    }
    if (fault.contains("mapping values are not allowed")
        || fault.contains("expected <block end>")) {
      return fault
          + "; indent this line as those around it, or put a value with a colon and a blank in it"
          + " in quotes";
    }
    return fault.contains("could not find expected ':'")
        ? "this line, or the one before, has no colon and blank behind its key; write key: value"
        : fault;
  }
}
