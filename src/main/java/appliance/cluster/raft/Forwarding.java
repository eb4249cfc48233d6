package appliance.cluster.raft;

import appliance.cluster.state.Command;
import appliance.model.Broadcast;
import appliance.model.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages between the nodes of a channel that are not the library's own: commands on their way to the
 * leader, its answers, and broadcasts. (The library's REDIRECT sends serialized exceptions, which a
 * hostile node could abuse.) Any thread.
 *
 * <p>A message is a byte for its kind, an eight-byte number that an answer repeats, and the content.
 */
final class Forwarding {

  private static final Logger log = LoggerFactory.getLogger(Forwarding.class);

  private static final byte BROADCAST = 1;
  private static final byte COMMAND = 2;
  private static final byte ANSWER = 3;
  private static final byte FAILURE = 4;
  private static final int HEADER_BYTES = 9;
  private static final int BROADCAST_BYTES_MAX = Broadcast.MESSAGE_BYTES_MAX + 1024;
  private static final int ANSWER_BYTES_MAX = 4096;
  private static final int PENDING_MAX = 1024;
  private static final int ANSWER_MILLIS_MAX = 2000;

  private final JChannel channel;
  private final ExactRaft raft;
  private final Consensus.Watcher watcher;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, CompletableFuture<String>> pending = new ConcurrentHashMap<>();

  Forwarding(JChannel channel, ExactRaft raft, Consensus.Watcher watcher) {
    this.channel = channel;
    this.raft = raft;
    this.watcher = watcher;
  }

  CompletionStage<String> submit(byte[] command) {
    Address leader = raft.leader();
    if (leader == null) {
      return CompletableFuture.failedFuture(new IllegalStateException("there is no leader now"));
    }
    if (leader.equals(channel.getAddress())) {
      return append(command).orTimeout(ANSWER_MILLIS_MAX, TimeUnit.MILLISECONDS);
    }
    if (pending.size() >= PENDING_MAX) {
      return CompletableFuture.failedFuture(
          new IllegalStateException(PENDING_MAX + " commands wait for an answer, the limit"));
    }
    long number = numbers.incrementAndGet();
    CompletableFuture<String> answer = new CompletableFuture<>();
    pending.put(number, answer);
    if (!send(leader, COMMAND, number, command)) {
      answer.completeExceptionally(new IllegalStateException("the leader cannot be reached"));
    }
    return answer
        .orTimeout(ANSWER_MILLIS_MAX, TimeUnit.MILLISECONDS)
        .whenComplete((text, e) -> pending.remove(number));
  }

  private CompletableFuture<String> append(byte[] command) {
    try {
      return raft.setAsync(command, 0, command.length, null)
          .thenApply(answer -> new String(answer, StandardCharsets.UTF_8));
    } catch (IllegalStateException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  void broadcast(byte[] message) {
    send(null, BROADCAST, 0, message);
  }

  /** Sends to one node, or to all others. */
  private boolean send(@Nullable Address to, byte kind, long number, byte[] content) {
    ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES + content.length);
    buffer.put(kind).putLong(number).put(content);
    Message message = new BytesMessage(to, buffer.array());
    if (to == null) {
      message.setFlag(Message.TransientFlag.DONT_LOOPBACK);
    } else {
      message.setFlag(Message.Flag.OOB);
    }
    try {
      channel.send(message);
      return true;
    } catch (Exception e) {
      log.debug("A message could not be sent", e);
      return false;
    }
  }

  void received(NodeId from, Message message) {
    int length = message.getLength() - HEADER_BYTES;
    if (length < 0) {
      return;
    }
    ByteBuffer buffer =
        ByteBuffer.wrap(message.getArray(), message.getOffset(), message.getLength());
    byte kind = buffer.get();
    long number = buffer.getLong();
    if (length > max(kind)) {
      log.warn(
          "A message of kind {} with {} bytes from {} was dropped: too long", kind, length, from);
      return;
    }
    byte[] content = new byte[length];
    buffer.get(content);
    switch (kind) {
      case BROADCAST -> watcher.received(from, content);
      case COMMAND -> answer(message.src(), number, content);
      default -> answered(kind, number, new String(content, StandardCharsets.UTF_8));
    }
  }

  private static int max(byte kind) {
    return switch (kind) {
      case BROADCAST -> BROADCAST_BYTES_MAX;
      case COMMAND -> Command.BYTES_MAX;
      case ANSWER, FAILURE -> ANSWER_BYTES_MAX;
      default -> -1;
    };
  }

  @SuppressWarnings("FutureReturnValueIgnored") // its failures are logged
  private void answer(Address to, long number, byte[] command) {
    append(command)
        .handle((text, e) -> e == null
            ? send(to, ANSWER, number, RaftConsensus.utf8(text))
            : send(to, FAILURE, number, RaftConsensus.utf8("the leader has changed")))
        .exceptionally(e -> {
          log.warn("An answer could not be sent", e);
          return false;
        });
  }

  private void answered(byte kind, long number, String text) {
    CompletableFuture<String> waiting = pending.get(number);
    if (waiting == null) {
      return;
    }
    if (kind == ANSWER) {
      waiting.complete(text);
    } else {
      waiting.completeExceptionally(new IllegalStateException(text));
    }
  }
}
