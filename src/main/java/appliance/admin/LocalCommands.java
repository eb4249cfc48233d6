package appliance.admin;

import java.security.SecureRandom;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Commands to the node that is asked, which it does not hand on to the master. */
final class LocalCommands {

  private static final Logger log = LoggerFactory.getLogger(LocalCommands.class);

  private static final long WAIT_SECONDS_MAX = 10;

  private final AdminCommands commands;

  LocalCommands(AdminCommands commands) {
    this.commands = commands;
  }

  /** {@code POST /api/password}: makes a new password, tells it once, and ends all sessions. */
  Response resetPassword(Request request) {
    AdminAccess made = AdminAccess.generate(new SecureRandom());
    try {
      // The key last: with it the sessions end that the old password has opened.
      set(made, AdminAccess.PASSWORD_SETTING);
      set(made, AdminAccess.SESSION_KEY_SETTING);
    } catch (CompletionException e) {
      return refused("a new admin password", e);
    }
    log.warn("The admin password is a new one, made for {}", request.source());
    return Response.json(200, Map.of("user", AdminAccess.USER, "password", made.password()));
  }

  /** {@code POST /api/replica/rebuild}: has this node's replica copied anew. */
  Response rebuildReplica(Request request) {
    try {
      await(commands.rebuildReplica());
    } catch (CompletionException e) {
      return refused("a new snapshot", e);
    }
    log.info("A new snapshot of the database, asked for from {}", request.source());
    return Response.json(202, Map.of("accepted", "replica rebuild"));
  }

  private void set(AdminAccess made, String setting) {
    await(commands.set(setting, Objects.requireNonNull(made.settings().get(setting))));
  }

  private static void await(CompletionStage<Void> stage) {
    stage.toCompletableFuture().orTimeout(WAIT_SECONDS_MAX, TimeUnit.SECONDS).join();
  }

  private static Response refused(String what, CompletionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    log.warn("Could not make {}: {}", what, cause.toString());
    return cause instanceof TimeoutException
        ? Response.error(
            504, "the cluster has not agreed within " + WAIT_SECONDS_MAX + " s: is there a master?")
        : Response.error(409, String.valueOf(cause.getMessage()));
  }
}
