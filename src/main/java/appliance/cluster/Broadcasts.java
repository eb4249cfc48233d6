package appliance.cluster;

import appliance.cluster.state.Wire;
import appliance.model.Broadcast;
import appliance.model.NodeId;
import appliance.runtime.Loop;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages by topic to all others. One thread sends and another delivers, so that neither a slow network
 * nor a slow handler holds up anyone else; both queues are bounded by bytes, and what does not fit is
 * dropped and counted.
 */
final class Broadcasts implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Broadcasts.class);

  private static final int TOPIC_BYTES_MAX = 64;
  private static final long QUEUE_BYTES_MAX = 16L * 1024 * 1024;
  private static final int QUEUE_MESSAGES_MAX = 10_000;

  private final Consumer<byte[]> network;
  private final Map<String, List<BiConsumer<NodeId, byte[]>>> handlers = new ConcurrentHashMap<>();
  private final Lane outgoing = new Lane("cluster-broadcast-send");
  private final Lane incoming = new Lane("cluster-broadcast-receive");

  Broadcasts(Consumer<byte[]> network) {
    this.network = network;
  }

  Broadcast to(String topic) {
    return message -> {
      if (message.length > Broadcast.MESSAGE_BYTES_MAX) {
        throw new IllegalArgumentException(
            "a broadcast of " + message.length + " bytes, at most " + Broadcast.MESSAGE_BYTES_MAX);
      }
      byte[] framed = Wire.encode(out -> {
        Wire.text(out, topic, TOPIC_BYTES_MAX);
        out.writeInt(message.length);
        out.write(message);
      });
      outgoing.post(framed.length, () -> network.accept(framed));
    };
  }

  void receive(String topic, BiConsumer<NodeId, byte[]> handler) {
    handlers.computeIfAbsent(topic, t -> new CopyOnWriteArrayList<>()).add(handler);
  }

  void received(NodeId from, byte[] framed) {
    incoming.post(framed.length, () -> deliver(from, framed));
  }

  private void deliver(NodeId from, byte[] framed) {
    try {
      Wire.decode(framed, in -> {
        List<BiConsumer<NodeId, byte[]>> receivers =
            handlers.getOrDefault(Wire.text(in, TOPIC_BYTES_MAX), List.of());
        byte[] message = new byte[Wire.length(in, Broadcast.MESSAGE_BYTES_MAX)];
        in.readFully(message);
        receivers.forEach(handler -> handler.accept(from, message));
        return receivers.size();
      });
    } catch (IOException e) {
      log.warn("A broadcast of {} was dropped: {}", from, e.getMessage());
    }
  }

  long dropped() {
    return outgoing.dropped.get() + incoming.dropped.get();
  }

  @Override
  public void close() {
    outgoing.loop.close();
    incoming.loop.close();
  }

  /** A queue with its thread. */
  private static final class Lane {
    private final Loop loop;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicInteger dropping = new AtomicInteger();

    Lane(String name) {
      loop = new Loop(name, QUEUE_MESSAGES_MAX);
    }

    void post(int length, Runnable task) {
      if (bytes.addAndGet(length) > QUEUE_BYTES_MAX) {
        bytes.addAndGet(-length);
        drop();
        return;
      }
      try {
        loop.execute(() -> {
          bytes.addAndGet(-length);
          dropping.set(0);
          task.run();
        });
      } catch (RejectedExecutionException e) {
        bytes.addAndGet(-length);
        drop();
      }
    }

    private void drop() {
      dropped.incrementAndGet();
      if (dropping.getAndIncrement() == 0) {
        log.warn("Messages to or from the other nodes are dropped: the queue is full");
      }
    }
  }
}
