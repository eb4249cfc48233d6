package appliance.node;

import appliance.admin.Admin;
import appliance.admin.AdminAccess;
import appliance.cluster.Cluster;
import appliance.edge.balance.StickyKey;
import appliance.runtime.ExitCode;
import appliance.runtime.StartFailure;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Makes the admin's password when this node founds the cluster, and tells it once: to the operator, not
 * to the log. The starting thread makes and tells; the cluster's may call it off.
 */
final class Founding {

  private static final long STORE_SECONDS_MAX = 15;

  private final Cluster cluster;
  private final Admin admin;
  private final Consumer<String> console;
  private Optional<AdminAccess> access = Optional.empty();
  private boolean told;

  Founding(Cluster cluster, Admin admin, Consumer<String> console) {
    this.cluster = cluster;
    this.admin = admin;
    this.console = console;
    cluster.onDissolved(this::dissolved);
  }

  private synchronized void dissolved() {
    access = Optional.empty();
    console.accept(
        "This node has joined a cluster that was founded a moment earlier: the password of that one"
            + " is valid" + (told ? ", the one printed here is not." : "."));
  }

  /**
   * Stores the hash of a new password, and the keys that all nodes sign with, with all nodes, if this start has founded the cluster. Does nothing
   * if the cluster is given up meanwhile: the other one has a password.
   */
  void makeAccess() {
    if (!cluster.founded()) {
      return;
    }
    SecureRandom random = new SecureRandom();
    AdminAccess made = AdminAccess.generate(random);
    Map<String, String> settings = new LinkedHashMap<>(made.settings());
    settings.put(StickyKey.SETTING, StickyKey.generate(random));
    store(settings);
    synchronized (this) {
      access = Optional.of(made).filter(m -> cluster.founded());
    }
  }

  private void store(Map<String, String> settings) {
    try {
      CompletableFuture.allOf(settings.entrySet().stream()
              .map(s ->
                  cluster.operations().generate(s.getKey(), s.getValue()).toCompletableFuture())
              .toArray(CompletableFuture<?>[]::new))
          .get(STORE_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      if (cluster.founded()) {
        throw new StartFailure(
            ExitCode.CLUSTER, "the new cluster could not keep its password: " + e.getMessage(), e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure(ExitCode.FAILED, "the start was interrupted", e);
    }
  }

  /** Prints where to go, and with what. */
  synchronized void tell() {
    access.filter(made -> cluster.founded()).ifPresent(made -> {
      told = true;
      console.accept("Admin UI:       " + admin.url());
      admin
          .address()
          .fingerprint()
          .ifPresent(sha256 -> console.accept("Certificate:    SHA-256 " + sha256));
      console.accept("Admin user:     " + AdminAccess.USER);
      console.accept("Admin password: " + made.password() + "   (shown this once)");
    });
    access = Optional.empty();
  }
}
