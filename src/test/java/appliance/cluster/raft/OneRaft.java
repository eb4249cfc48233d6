package appliance.cluster.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jgroups.Address;
import org.jgroups.Message;
import org.jgroups.ObjectMessage;
import org.jgroups.View;
import org.jgroups.protocols.raft.AppendEntriesRequest;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.raft.StateMachine;
import org.jgroups.stack.Protocol;
import org.jgroups.util.ExtendedUUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** One raft of three that a test sends messages by hand, in the name of the other two. */
abstract class OneRaft {

  @TempDir
  Path folder;

  final Address self = address("A");
  final Address first = address("B");
  final Address second = address("C");
  final List<String> applied = new ArrayList<>();
  final List<String> answers = new CopyOnWriteArrayList<>();
  final Set<Address> told = ConcurrentHashMap.newKeySet();
  final List<String> failures = new CopyOnWriteArrayList<>();

  /** Whether the disk takes nothing. */
  volatile boolean broken;

  ExactRaft raft = raft();

  final ExactRaft raft() {
    return new ExactRaft(List.of("A", "B", "C"), this::voters, (b, o, l) -> true);
  }

  private void voters(Collection<String> all) {
    if (broken) {
      throw new UncheckedIOException(new IOException("No space left on device"));
    }
  }

  private void force(FileChannel channel) throws IOException {
    if (broken) {
      throw new IOException("Input/output error");
    }
    channel.force(false);
  }

  @BeforeEach
  void start() throws Exception {
    DurableLog log = new DurableLog(folder.resolve("raft"), failures::add, this::force);
    log.open();
    raft.raftId("A");
    raft.maxLogCacheSize(0);
    raft.resendInterval(Duration.ofHours(1).toMillis());
    raft.log(log);
    raft.setAddress(self);
    raft.setDownProtocol(new Wire0());
    raft.stateMachine(new Applied());
    raft.init();
    raft.start();
    raft.handleView(View.create(second, 1, second, self, first));
  }

  @AfterEach
  void stop() {
    raft.stop();
  }

  private final class Wire0 extends Protocol {
    @Override
    public Object down(Message message) {
      answers.add(message.getHeader(raft.getId()).toString());
      if (message.dest() != null) {
        told.add(message.dest());
      }
      return message;
    }
  }

  private final class Applied implements StateMachine {
    @Override
    public byte[] apply(byte[] data, int offset, int length, boolean serialize) {
      applied.add(
          new String(Arrays.copyOfRange(data, offset, offset + length), StandardCharsets.UTF_8));
      return new byte[0];
    }

    @Override
    public void readContentFrom(java.io.DataInput in) {
      // no snapshots here
    }

    @Override
    public void writeContentTo(java.io.DataOutput out) {
      // no snapshots here
    }
  }

  static Address address(String raftId) {
    return ExtendedUUID.randomUUID(raftId)
        .put(RAFT.raft_id_key, raftId.getBytes(StandardCharsets.UTF_8));
  }

  static LogEntries entries(long term, String... commands) {
    LogEntries entries = new LogEntries();
    for (String command : commands) {
      entries.add(new LogEntry(term, command.getBytes(StandardCharsets.UTF_8)));
    }
    return entries;
  }

  final void append(
      Address leader, long term, long prev, long prevTerm, LogEntries entries, long commit) {
    Message message = new ObjectMessage(self, entries).setSrc(leader);
    long entryTerm = entries.iterator().next().term();
    raft.handleUpRequest(
        message, new AppendEntriesRequest(leader, term, prev, prevTerm, entryTerm, commit));
  }

  final void commit(Address leader, long term, long commit) {
    raft.handleUpRequest(
        new ObjectMessage(self, null).setSrc(leader),
        new AppendEntriesRequest(leader, term, 0, 0, term, commit));
  }

  final String last() {
    return answers.get(answers.size() - 1);
  }
}
