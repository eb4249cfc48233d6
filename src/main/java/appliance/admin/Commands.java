package appliance.admin;

import appliance.model.ClusterView;
import appliance.model.Member;
import appliance.model.Wait;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries an operator's command to the cluster and waits, for a while, until it has agreed. */
final class Commands {

  private static final Logger log = LoggerFactory.getLogger(Commands.class);

  private static final long WAIT_SECONDS_MAX = 10;

  /** Leaves a worker thread for those who only look. */
  private static final int AT_ONCE_MAX = 1;

  private final Supplier<ClusterView> view;
  private final Semaphore slots = new Semaphore(AT_ONCE_MAX);

  Commands(Supplier<ClusterView> view) {
    this.view = view;
  }

  /** As {@link #handler}, for a command that needs no member's name. */
  Routes.Handler optional(String name, Function<Optional<String>, CompletionStage<Void>> command) {
    Routes.Handler named = handler(name, member -> command.apply(Optional.of(member)));
    Routes.Handler unnamed = carry(name, member -> true, member -> command.apply(Optional.empty()));
    return request ->
        (request.parameter("node").orElse("").isEmpty() ? unnamed : named).handle(request);
  }

  /** As {@link #handler}, for a command about one that is no member. */
  Routes.Handler free(String name, Function<String, CompletionStage<Void>> command) {
    return carry(name, who -> true, command);
  }

  /** As {@link #free}, for a command that keeps a record of where the operator was. */
  Routes.Handler freeRecorded(
      String name, BiFunction<String, String, CompletionStage<Void>> command) {
    return request -> free(name, who -> command.apply(who, request.source())).handle(request);
  }

  /** Answers {@code POST /api/NAME?node=MEMBER} with 202 once the cluster has agreed. */
  Routes.Handler handler(String name, Function<String, CompletionStage<Void>> command) {
    return carry(name, member -> view.get().named(member).isPresent(), command);
  }

  /** As {@link #handler}, for a command that keeps a record of where the operator was. */
  Routes.Handler recorded(String name, BiFunction<String, String, CompletionStage<Void>> command) {
    return request ->
        handler(name, member -> command.apply(member, request.source())).handle(request);
  }

  private Routes.Handler carry(
      String name, Predicate<String> known, Function<String, CompletionStage<Void>> command) {
    return request -> {
      String member = request.parameter("node").orElse("");
      Optional<Wait> wait = view.get().joining();
      if (wait.isPresent()) {
        return Response.error(
            409, "this node has not joined the cluster yet: " + wait.get().words());
      }
      if (!known.test(member)) {
        return Response.error(404, "no member is named '" + member + "'; there are: " + names());
      }
      if (!slots.tryAcquire()) {
        return Response.error(503, "another command is under way: try again")
            .with("retry-after", "1");
      }
      try {
        log.info("{} {}, asked for from {}", name, member, request.source());
        return await(name, member, command.apply(member));
      } finally {
        slots.release();
      }
    };
  }

  private String names() {
    return view.get().members().stream().map(Member::name).collect(Collectors.joining(", "));
  }

  private static Response await(String name, String member, CompletionStage<Void> stage) {
    try {
      stage.toCompletableFuture().get(WAIT_SECONDS_MAX, TimeUnit.SECONDS);
      return Response.json(202, Map.of("node", member, "accepted", name));
    } catch (ExecutionException e) {
      String cause =
          e.getCause() == null ? e.toString() : String.valueOf(e.getCause().getMessage());
      log.warn("{} {} was refused: {}", name, member, cause);
      return Response.error(409, cause);
    } catch (TimeoutException e) {
      return Response.error(
          504, "the cluster has not agreed within " + WAIT_SECONDS_MAX + " s; it still may");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Response.error(503, "this node is stopping");
    }
  }
}
