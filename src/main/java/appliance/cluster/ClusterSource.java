package appliance.cluster;

import appliance.cluster.mastery.Lease;
import appliance.cluster.raft.Consensus;
import appliance.cluster.state.History;
import appliance.model.ClusterView;
import appliance.runtime.Published;
import appliance.status.Section;
import appliance.status.Source;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The section {@code cluster}: how this node stands in the log, and what an operator has forced last.
 *
 * @param deaf whether this node does not hear the others, although they are there
 * @param failure why this node has left the cluster; empty if it has not
 * @param apart which other cluster of the same name is there; empty if none is
 */
record ClusterSource(
    Supplier<Optional<Session>> session,
    Published<ClusterView> views,
    Lease lease,
    Broadcasts broadcasts,
    BooleanSupplier deaf,
    Supplier<String> failure,
    Supplier<String> apart)
    implements Source {

  @Override
  public Section read() {
    Optional<Session> now = session.get();
    Consensus.Progress progress =
        now.map(s -> s.situation().progress()).orElse(Consensus.Progress.NONE);
    ClusterView view = views.get();
    History history = now.map(s -> s.situation().state().history()).orElse(History.EMPTY);
    return Section.builder()
        .text("id", now.map(s -> s.file().cluster().toString()).orElse(""))
        .text("role", progress.role())
        .gauge("term", progress.term())
        .gauge("lastIndex", progress.lastIndex())
        .gauge("commitIndex", progress.commitIndex())
        .gauge("voters", progress.voters().size())
        .gauge("epoch", view.epoch().value())
        .flag("quorum", view.quorum())
        .text("shortage", view.shortage().words())
        .text("standstill", now.map(Session::standstill).orElse(""))
        .flag("lease", lease.valid())
        .counter("broadcastsDropped", broadcasts.dropped())
        .flag("deaf", deaf.getAsBoolean())
        .text("forced", history.last().orElse(""))
        .flag("forcedLately", history.forcedLately())
        .text("failure", failure.get())
        .text("apart", apart.get())
        .build();
  }
}
