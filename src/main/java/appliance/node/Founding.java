package appliance.node;

import appliance.admin.Admin;
import appliance.admin.AdminAccess;
import appliance.cluster.Cluster;
import appliance.cluster.Founder;
import appliance.edge.balance.StickyKey;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the admin's password when this node founds the cluster, or is back after an end before that, and
 * tells it once: to the operator, not to the log. The starting thread makes and tells; the cluster's may call
 * it off, or do it later.
 */
final class Founding {

  private static final Logger log = LoggerFactory.getLogger(Founding.class);

  private static final long STORE_SECONDS_MAX = 15;

  private final Cluster cluster;
  private final Admin admin;
  private final Consumer<String> console;

  /** One makes at a time, and the other then sees that it is done. */
  private final Object making = new Object();

  private Optional<AdminAccess> access = Optional.empty();
  private boolean told;

  Founding(Cluster cluster, Admin admin, Consumer<String> console) {
    this.cluster = cluster;
    this.admin = admin;
    this.console = console;
    cluster.onDissolved(this::dissolved);
    cluster.onKept(this::kept);
  }

  /** The cluster was about to be given up, and is not: what could not be made or told meanwhile is now. */
  private void kept() {
    makeAccess();
    tell();
  }

  private synchronized void dissolved() {
    access = Optional.empty();
    console.accept(
        "This node has joined a cluster that was founded a moment earlier: the password of that one"
            + " is valid" + (told ? ", the one printed here is not." : "."));
  }

  /**
   * Stores the hash of a new password, and the keys that all nodes sign with, with all nodes, if this node
   * has founded the cluster, and it has none yet: in this start, or in an earlier one that ended before it
   * had. Does nothing if the cluster is given up meanwhile: the other one has a password.
   */
  void makeAccess() {
    synchronized (making) {
      if (cluster.founder() == Founder.NOT
          || cluster.setting(AdminAccess.PASSWORD_SETTING).isPresent()) {
        return;
      }
      SecureRandom random = new SecureRandom();
      AdminAccess made = AdminAccess.generate(random);
      Map<String, String> keys = new LinkedHashMap<>(made.settings());
      keys.put(StickyKey.SETTING, StickyKey.generate(random));
      keys.keySet().removeIf(key -> cluster.setting(key).isPresent());
      String password = Objects.requireNonNull(keys.remove(AdminAccess.PASSWORD_SETTING));
      // Last: where a password is, all of it is, whenever this process is killed.
      if (store(keys) && store(Map.of(AdminAccess.PASSWORD_SETTING, password))) {
        keep(made);
      }
    }
  }

  private synchronized void keep(AdminAccess made) {
    access = Optional.of(made);
  }

  /** Returns whether they were, which they are unless the cluster is given up, or was founded earlier. */
  private boolean store(Map<String, String> settings) {
    try {
      CompletableFuture.allOf(settings.entrySet().stream()
              .map(s ->
                  cluster.operations().generate(s.getKey(), s.getValue()).toCompletableFuture())
              .toArray(CompletableFuture<?>[]::new))
          .get(STORE_SECONDS_MAX, TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException e) {
      refused(String.valueOf(Objects.requireNonNull(e.getCause()).getMessage()), e);
      return false;
    } catch (TimeoutException e) {
      refused("no answer within " + STORE_SECONDS_MAX + " s", e);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure(ExitCode.FAILED, "the start was interrupted", e);
    }
  }

  private void refused(String why, Exception e) {
    switch (cluster.founder()) {
      case NOW ->
        throw new StartFailure(
            ExitCode.NOT_NOW, "the new cluster could not keep its password: " + why, e);
      case EARLIER ->
        log.warn(
            "This node knows of no admin password, and could make none ({}). If nobody has one, 'appliance"
                + " password' on any node makes one once the cluster has a master",
            why);
      case NOT -> {
        // The other cluster has a password.
      }
    }
  }

  /** Prints where to go, and with what; not while the cluster may be given up. */
  synchronized void tell() {
    access.filter(made -> cluster.founder() != Founder.NOT).ifPresent(made -> {
      told = true;
      console.accept("Admin UI:       " + admin.url());
      admin
          .address()
          .fingerprint()
          .ifPresent(sha256 -> console.accept("Certificate:    SHA-256 " + sha256));
      console.accept("Admin user:     " + AdminAccess.USER);
      console.accept("Admin password: " + made.password() + "   (shown this once)");
      access = Optional.empty();
    });
  }
}
