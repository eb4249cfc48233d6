package appliance.cluster.raft;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.EmptyMessage;
import org.jgroups.Message;
import org.jgroups.ObjectMessage;
import org.jgroups.View;
import org.jgroups.protocols.raft.AppendEntriesRequest;
import org.jgroups.protocols.raft.AppendEntriesResponse;
import org.jgroups.protocols.raft.AppendResult;
import org.jgroups.protocols.raft.InstallSnapshotRequest;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.protocols.raft.RaftHeader;
import org.jgroups.protocols.raft.Role;
import org.jgroups.raft.util.CommitTable;
import org.jgroups.util.ByteArrayDataOutputStream;

/**
 * The library's RAFT (1.1.4), held to the paper where it departs from it; its own thread runs it.
 *
 * <ul>
 *   <li>A follower commits and acknowledges only entries that it has compared with this leader's. (The
 *       library commits whatever it has below the leader's commit index, so that one that was leader on
 *       the smaller side of a cut could apply entries that nobody agreed to.)
 *   <li>A leader commits entries of earlier terms only along with one of its own (Raft, 5.4.2).
 *   <li>A leader tells of each commit once, and only those who have the entry; who lacks entries gets
 *       them at once. (The library resends only when nothing at all has happened for a while, and its own
 *       immediate commits become a storm with one that lags.)
 *   <li>A leader of an earlier term is told of the later one, steps down and calls an election. (The
 *       library drops its messages without a word: a node that had raised its term while it was cut off
 *       never followed anyone again.)
 *   <li>The voters are kept outside of the log as well: the founder is not in its own log, and the
 *       commit index is not forced to disk.
 * </ul>
 */
final class ExactRaft extends ExclusiveRaft {

  /** So many entries are read as soon as a snapshot is; more of them are not worth the reading. */
  private static final int ENTRIES_MAX = 32;

  private final List<String> votersAtStart;
  private final Consumer<Collection<String>> onVoters;
  private final SnapshotCheck check;
  private long matched;
  private long matchedTerm = -1;
  private final Set<Address> catchingUp = ConcurrentHashMap.newKeySet();
  private final SentStates states = new SentStates();
  private final Map<Address, Long> told = new ConcurrentHashMap<>();
  private volatile boolean live;
  private volatile Runnable onDeposed = () -> {};

  /** Looks into a snapshot before it replaces anything. */
  @FunctionalInterface
  interface SnapshotCheck {
    boolean isCurrent(byte[] bytes, int offset, int length);
  }

  ExactRaft(
      Collection<String> votersAtStart,
      Consumer<Collection<String>> onVoters,
      SnapshotCheck check) {
    setId(RAFT_ID);
    this.votersAtStart = List.copyOf(votersAtStart);
    this.onVoters = onVoters;
    this.check = check;
    members(this.votersAtStart);
  }

  @Override
  public void start() throws Exception {
    super.start();
    if (!votersAtStart.isEmpty()) {
      members(votersAtStart);
    }
    changeRole(members().contains(raftId()) ? Role.Follower : Role.Learner);
    live = true;
  }

  /** In a quiet moment, too, when the library looks through all without {@link #process}. */
  @Override
  protected void sendAppendEntriesMessage(Address member, CommitTable.Entry entry) {
    alone(() -> {
      // The library goes on through its table where it has just learned of a later leader.
      if (!leads() || states.isUnderWay(member, currentTerm(), entry.matchIndex())) {
        return;
      }
      if (lacksWhatIsCut(entry)) {
        sendSnapshotTo(member);
      } else {
        super.sendAppendEntriesMessage(member, entry);
      }
    });
  }

  /**
   * Whether the entry before the next one to send is not in this log any more. (The library sends 0 as its
   * term then, and the follower takes its own entries for wrong and cuts them.)
   */
  private boolean lacksWhatIsCut(CommitTable.Entry follower) {
    long first = log_impl.firstAppended();
    return first > 1
        && follower.matchIndex() < last_appended
        && Math.min(follower.nextIndex(), last_appended) <= first;
  }

  /**
   * Sends the state that is agreed on as it is in memory; this log stays as long as it is. (The library
   * writes a snapshot and shortens the log for each, so that whoever lacks an entry or two needs one too.)
   */
  @Override
  protected void sendSnapshotTo(Address follower) {
    sendState(follower);
  }

  private boolean sendState(Address follower) {
    LogEntry last = log_impl.get(commit_index);
    ByteArrayDataOutputStream state = new ByteArrayDataOutputStream(4096, true);
    try {
      internal_state.writeTo(state);
      state_machine.writeContentTo(state);
    } catch (Exception e) {
      log.error("%s: the state cannot be sent to %s: %s", local_addr, follower, e);
      return false;
    }
    if (last == null) {
      return false;
    }
    long term = currentTerm();
    states.sent(follower, term, commit_index);
    down_prot.down(new BytesMessage(follower, state.buffer(), 0, state.position())
        .putHeader(id, new InstallSnapshotRequest(term, local_addr, commit_index, last.term())));
    return true;
  }

  @Override
  public void handleUpRequest(Message message, RaftHeader header) {
    if (header instanceof InstallSnapshotRequest snapshot) {
      install(message, snapshot);
      return;
    }
    if (header instanceof AppendEntriesRequest && header.currTerm() < currentTerm()) {
      refuse(message.src());
      return;
    }
    boolean response = header instanceof AppendEntriesResponse;
    noticing(() -> {
      if (response) {
        count(message, header);
      } else {
        super.handleUpRequest(message, header);
      }
    });
    CommitTable table = commit_table;
    CommitTable.Entry entry = table == null || !response ? null : table.get(message.src());
    if (entry != null) {
      bringOn(message.src(), entry);
    }
  }

  private void install(Message message, InstallSnapshotRequest header) {
    if (header.currTerm() < currentTerm()) {
      refuse(message.src());
      return;
    }
    SnapshotPlace place = SnapshotPlace.of(header);
    noticing(() -> {
      if (holds(place)) {
        confirm(message.src(), header.currTerm(), place.index());
      } else if (check.isCurrent(message.getArray(), message.getOffset(), message.getLength())
          && log_impl instanceof DurableLog durable) {
        durable.receiving(() -> super.handleUpRequest(message, header));
      }
    });
  }

  /** Whatever comes of it: the view stays as it is, so nobody else would call an election. */
  private void noticing(Runnable action) {
    boolean leads = isLeader();
    try {
      action.run();
    } finally {
      if (leads && !isLeader()) {
        onDeposed.run();
      }
    }
  }

  private boolean holds(SnapshotPlace place) {
    return place.index() <= commit_index
        || (place.index() <= last_appended && place.isHeldWith(log_impl.get(place.index())));
  }

  /** What is behind a snapshot's end may be acknowledged, so the log is not set back to that. */
  private void confirm(Address leader, long term, long agreed) {
    currentTerm(term);
    matched = Math.max(matched(), agreed);
    super.handleUpRequest(
        new ObjectMessage(local_addr, null).setSrc(leader),
        new AppendEntriesRequest(leader, term, 0, 0, term, agreed));
  }

  /**
   * Counts an acknowledgement. Another thread may end the leading at any moment (a view without a
   * majority, the end of the node), and takes the tables away: what comes then is late, not a fault.
   */
  private void count(Message acknowledgement, RaftHeader header) {
    if (!leads()) {
      return;
    }
    try {
      super.handleUpRequest(acknowledgement, header);
    } catch (IllegalStateException | NullPointerException e) {
      if (leads()) {
        throw e;
      }
      log.debug("%s: a late acknowledgement: %s", local_addr, e);
    }
  }

  /** Lets a leader of an earlier term know of the later one; the library leaves it without an answer. */
  private void refuse(Address leader) {
    AppendResult nothing = new AppendResult(AppendResult.Result.FAIL_ENTRY_NOT_FOUND, matched());
    down_prot.down(
        new EmptyMessage(leader).putHeader(id, new AppendEntriesResponse(currentTerm(), nothing)));
  }

  /** What a leader does that learns of a later term: the view does not change, so nobody else would. */
  void onDeposed(Runnable action) {
    onDeposed = action;
  }

  /** Sends a follower that has answered what it lacks. */
  private void bringOn(Address follower, CommitTable.Entry entry) {
    if (entry.sendSingleMessage()) {
      catchingUp.add(follower);
    }
    if (entry.nextIndex() > last_appended) {
      catchingUp.remove(follower);
    }
    // A newcomer would read the whole log in a JVM that has just started; the state is small.
    boolean far =
        commit_index - entry.nextIndex() >= ENTRIES_MAX && !states.any(follower, currentTerm());
    if (!catchingUp.contains(follower)) {
      tellCommit(follower, entry);
    } else if (!(far && sendState(follower))) {
      sendAppendEntriesMessage(follower, entry);
    }
  }

  private void tellCommit(Address follower, CommitTable.Entry entry) {
    boolean news = entry.matchIndex() >= commit_index && entry.commitIndex() < commit_index;
    if (news && !Long.valueOf(commit_index).equals(told.put(follower, commit_index))) {
      long term = currentTerm();
      down_prot.down(new ObjectMessage(follower, null)
          .putHeader(id, new AppendEntriesRequest(local_addr, term, 0, 0, term, commit_index)));
    }
  }

  /** What a follower says it has; the leader counts it as acknowledged. */
  @Override
  public long lastAppended() {
    return isLeader() || !live ? super.lastAppended() : Math.min(super.lastAppended(), matched());
  }

  @Override
  protected boolean append(long index, LogEntries entries) {
    List<LogEntry> missing = new ArrayList<>();
    long next = index;
    long missingFrom = index;
    for (LogEntry entry : entries) {
      if (missing.isEmpty()) {
        LogEntry own = next <= last_appended ? log_impl.get(next) : null;
        if (own == null || own.term() != entry.term()) {
          cutFrom(next);
          missingFrom = next;
          missing.add(entry);
        }
      } else {
        missing.add(entry);
      }
      next++;
    }
    if (!missing.isEmpty()) {
      super.append(missingFrom, LogEntries.create(missing.toArray(LogEntry[]::new)));
    }
    matched = Math.max(matched(), next - 1);
    return true;
  }

  private void cutFrom(long index) {
    if (index <= last_appended && index > commit_index) {
      deleteAllLogEntriesStartingFrom(index);
    }
  }

  @Override
  protected RAFT commitLogTo(long index, boolean serializeResponse) {
    long to = Math.min(index, last_appended);
    if (isLeader()) {
      LogEntry entry = log_impl.get(to);
      if (to > commit_index && (entry == null || entry.term() != currentTerm())) {
        return this;
      }
    } else {
      to = Math.min(to, matched());
    }
    super.commitLogTo(to, serializeResponse);
    CommitTable table = commit_table;
    if (table != null) {
      table.forEach(this::tellCommit);
    }
    return this;
  }

  @Override
  public void handleView(View next) {
    View before = view;
    super.handleView(next);
    greet(View.newMembers(before, next));
    catchingUp.retainAll(next.getMembers());
    told.keySet().retainAll(next.getMembers());
    states.retain(next.getMembers());
  }

  /** The last entry known to be the same as this term's leader has. */
  private long matched() {
    if (matchedTerm != currentTerm()) {
      matchedTerm = currentTerm();
      matched = commit_index;
    }
    matched = Math.max(matched, commit_index);
    return matched;
  }

  @Override
  protected void _addServer(String name) {
    super._addServer(name);
    votersChanged();
  }

  @Override
  protected void _removeServer(String name) {
    super._removeServer(name);
    votersChanged();
  }

  /** Called by the state machine after a snapshot has brought other voters. */
  void votersReplaced() {
    computeMajority();
    if (live) {
      votersChanged();
      boolean votes = members().contains(raftId());
      if (votes && role().equals("Learner")) {
        changeRole(Role.Follower);
      }
    }
  }

  private void votersChanged() {
    if (!live) {
      return;
    }
    try {
      onVoters.accept(members());
    } catch (RuntimeException e) {
      if (log_impl instanceof DurableLog durable) {
        throw durable.failure(
            "the voters could not be written", e); // the old ones would count at a start
      }
      throw e;
    }
  }
}
