package appliance.fastcgi;

/** What a request's path comes to. */
sealed interface Target {

  /**
   * A script to run.
   *
   * @param filename as php sees it
   * @param name the script's URL path, decoded
   * @param pathInfo what follows it in the request's path, decoded
   * @param parameters those that depend on the script only; never changed
   */
  record Script(String filename, String name, String pathInfo, Parameters parameters)
      implements Target {

    static Script of(String root, String name, String pathInfo) {
      String filename = root + name;
      Parameters parameters = new Parameters();
      parameters.addText("SCRIPT_FILENAME", filename);
      parameters.addText("SCRIPT_NAME", name);
      parameters.addText("DOCUMENT_URI", name + pathInfo);
      parameters.addText("DOCUMENT_ROOT", root);
      parameters.addText("PATH_INFO", pathInfo);
      if (!pathInfo.isEmpty()) {
        parameters.addText("PATH_TRANSLATED", root + pathInfo);
      }
      return new Script(filename, name, pathInfo, parameters);
    }
  }

  /** A folder without its slash: relative links in its page would lead astray. */
  record Folder() implements Target {}

  /** Nothing to run; {@code status} is the answer. */
  record Refused(int status) implements Target {}
}
