package appliance.cli;

import appliance.runtime.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine.Option;

/** What a command asks for that cannot be undone: a word that the operator types, or {@code --yes}. */
final class Confirmation {

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  /** Returns only if the operator types {@code word}, or has said so already. */
  void ask(String word, PrintWriter out) throws CommandFailure {
    if (yes) {
      return;
    }
    out.print("Type '" + word + "' to go on: ");
    out.flush();
    try {
      String typed =
          new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
      if (typed == null || !typed.strip().equals(word)) {
        throw new CommandFailure(ExitCode.FAILED, "Nothing was done. (In a script, give --yes.)");
      }
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.FAILED, "Nothing was done: " + e.getMessage(), e);
    }
  }
}
