package appliance.edge.balance;

import appliance.edge.http.Methods;
import appliance.edge.upstream.App;
import appliance.edge.upstream.Failure;
import appliance.edge.write.Purpose;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who of the applications gets the next request; called on any I/O thread. */
public interface AppChoice {

  /**
   * @param tried those that this request has been refused by
   * @return null if there is no other
   */
  @Nullable
  App next(HttpServerExchange exchange, List<App> tried);

  /** Why there is none. */
  Failure none();

  /** Whether a master may be there in a moment: not if this node was started without a majority. */
  default boolean mayHaveMasterSoon() {
    return true;
  }

  /** Why a request has waited for a master in vain. */
  default Failure noMaster() {
    return Failure.unsent(Failure.Kind.NO_MASTER, "no master within 10 s");
  }

  /** Learns that {@code app} has answered, {@code nanos} after it was asked. */
  default void answered(HttpServerExchange exchange, App app, long nanos) {}

  /** Whether a request has to wait for a master before it may be sent to anyone. */
  default boolean awaitsMaster(HttpString method) {
    return false;
  }

  /** What its requests of this method are for. */
  default Purpose purpose(HttpString method) {
    return Methods.safe(method) ? Purpose.READ : Purpose.WRITE;
  }

  /** Whether a request that this choice's applications all refused may do better in a moment. */
  default boolean mayChangeSoon() {
    return false;
  }

  /**
   * All that are ready.
   *
   * @param writes the methods that may change something
   */
  record All(Supplier<Rotation> rotation, Balancer balancer, Set<HttpString> writes)
      implements AppChoice {

    @Override
    public Purpose purpose(HttpString method) {
      return writes.contains(method) ? Purpose.WRITE : Purpose.READ;
    }

    @Override
    public @Nullable App next(HttpServerExchange exchange, List<App> tried) {
      return balancer.pick(exchange, rotation.get().candidates(), tried);
    }

    @Override
    public boolean mayHaveMasterSoon() {
      return !rotation.get().shortage().readOnly();
    }

    @Override
    public Failure noMaster() {
      return rotation.get().noMaster("no master within 10 s");
    }

    @Override
    public void answered(HttpServerExchange exchange, App app, long nanos) {
      balancer.answered(exchange, app, nanos);
    }

    @Override
    public Failure none() {
      return rotation.get().none()
          ? Failure.unsent(Failure.Kind.NOTHING_HERE, "no member has an application")
          : Failure.unsent(Failure.Kind.NONE_READY, rotation.get().whyNone());
    }

    /** What an application writes goes to the master's database in the end. */
    @Override
    public boolean awaitsMaster(HttpString method) {
      return !rotation.get().hasMaster() && !rotation.get().none() && writes.contains(method);
    }
  }

  /** The master's only. */
  record Master(Supplier<Rotation> rotation) implements AppChoice {

    @Override
    public @Nullable App next(HttpServerExchange exchange, List<App> tried) {
      App master = rotation.get().master();
      return master == null || tried.contains(master) ? null : master;
    }

    @Override
    public boolean awaitsMaster(HttpString method) {
      return rotation.get().master() == null && !rotation.get().none();
    }

    @Override
    public boolean mayHaveMasterSoon() {
      return !rotation.get().shortage().readOnly();
    }

    @Override
    public Failure noMaster() {
      return rotation.get().noMaster("no master within 10 s");
    }

    @Override
    public Purpose purpose(HttpString method) {
      return Purpose.MASTER;
    }

    @Override
    public boolean mayChangeSoon() {
      return true;
    }

    @Override
    public Failure none() {
      if (rotation.get().none()) {
        return Failure.unsent(Failure.Kind.NOTHING_HERE, "no member has an application");
      }
      return rotation.get().hasMaster()
          ? Failure.unsent(Failure.Kind.NONE_READY, "the master's application is not ready")
          : rotation.get().noMaster("the cluster has no master at this moment");
    }
  }

  /** None at all. */
  record Nobody(String why) implements AppChoice {

    @Override
    public @Nullable App next(HttpServerExchange exchange, List<App> tried) {
      return null;
    }

    @Override
    public Failure none() {
      return Failure.unsent(Failure.Kind.NONE_READY, why);
    }
  }

  /** The one of this node, for its relay. */
  record Own(App app) implements AppChoice {

    @Override
    public @Nullable App next(HttpServerExchange exchange, List<App> tried) {
      return tried.isEmpty() ? app : null;
    }

    @Override
    public Failure none() {
      return Failure.unsent(Failure.Kind.NONE_READY, app.where() + " is not ready");
    }
  }
}
