package appliance.cli;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** Makes a new password for the admin UI, on the word of whoever can read the node's data folder. */
@Command(
    name = "password",
    mixinStandardHelpOptions = true,
    description = "Makes a new password for the admin UI and prints it; ends all its sessions.")
final class PasswordCommand extends ClientCommand {

  @Override
  void run(AdminClient client, PrintWriter out) throws CommandFailure {
    JsonObject made = client.local("/api/password");
    out.println("Admin user:     " + made.get("user").getAsString());
    out.println("Admin password: " + made.get("password").getAsString() + "   (shown this once)");
  }
}
