package appliance.edge.compression;

import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitWritableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Compresses what is written to it (RFC 1952). A flush sends on all that was written before. What the client does
 * not take is held, one buffer of it, and then nothing more is taken. Belongs to the connection's I/O thread.
 */
final class GzipSink extends AbstractStreamSinkConduit<StreamSinkConduit> {

  /** Three fifths of the time of zlib's usual 6, for pages that are a hundredth larger. */
  private static final int LEVEL = 4;

  /** Deflated, without a name or a time, from anywhere. */
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  private static final int TRAILER_BYTES = 8;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Deflater deflater = new Deflater(LEVEL, true);
  private final CRC32 sum = new CRC32();
  private final PooledByteBuffer pooled;

  /** Being filled, or {@link #draining}. */
  private final ByteBuffer out;

  private boolean draining;

  /** Whether the compressor may hold back what was written. */
  private boolean unflushed;

  /** Whether a flush of the compressor was begun, which has to be ended as one. */
  private boolean flushing;

  private boolean ending;
  private boolean trailed;
  private boolean ended;
  private boolean released;

  /**
   * @param pooled belongs to this from now on
   */
  GzipSink(StreamSinkConduit next, PooledByteBuffer pooled) {
    super(next);
    this.pooled = pooled;
    out = pooled.getBuffer().clear().order(ByteOrder.LITTLE_ENDIAN);
    out.put(HEADER);
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    if (ending || released) {
      throw new ClosedChannelException();
    }
    if (!flushed()) {
      return 0;
    }
    ByteBuffer read = from.duplicate();
    deflater.setInput(from);
    try {
      fill(Deflater.NO_FLUSH);
    } finally {
      deflater.setInput(NOTHING.duplicate()); // the rest comes again
    }
    read.limit(from.position());
    int taken = read.remaining();
    sum.update(read);
    unflushed |= taken > 0;
    return taken;
  }

  /** Has the compressor put out all that it does by itself in this mode; false if the client takes no more. */
  private boolean fill(int mode) throws IOException {
    while (!draining || drained()) {
      deflater.deflate(out, mode);
      if (out.hasRemaining()) {
        return true;
      }
      drain();
    }
    return false;
  }

  private void drain() {
    draining = true;
    out.flip();
  }

  private boolean drained() throws IOException {
    while (out.hasRemaining()) {
      if (next.write(out) == 0) {
        return false;
      }
    }
    out.clear();
    draining = false;
    return true;
  }

  /** Ends a flush of the compressor that was begun. */
  private boolean flushed() throws IOException {
    if (flushing) {
      flushing = !fill(Deflater.SYNC_FLUSH);
    }
    return !flushing && (!draining || drained());
  }

  @Override
  public boolean flush() throws IOException {
    if (ended || released) {
      return next.flush();
    }
    if (ending) {
      return end();
    }
    if (unflushed) {
      unflushed = false;
      flushing = true;
    }
    return flushed() && sent() && next.flush();
  }

  /** Sends on what is ready; the header alone waits for what follows. */
  private boolean sent() throws IOException {
    if (!draining && deflater.getBytesRead() > 0) {
      drain();
    }
    return !draining || drained();
  }

  @Override
  public void terminateWrites() throws IOException {
    if (!ending && !released) {
      ending = true;
      end();
    }
  }

  private boolean end() throws IOException {
    if (!flushed()) {
      return false;
    }
    deflater.finish();
    if (!trailed && !fill(Deflater.NO_FLUSH)) {
      return false;
    }
    if (!trailed && out.remaining() < TRAILER_BYTES) {
      drain();
      if (!drained()) {
        return false;
      }
    }
    if (!trailed) {
      trailed = true;
      out.putInt((int) sum.getValue()).putInt((int) deflater.getBytesRead());
      drain();
    }
    if (draining && !drained()) {
      return false;
    }
    ended = true;
    release();
    next.terminateWrites();
    return next.flush();
  }

  /** Gives back what it holds; nothing is written after that. May be called again. */
  void release() {
    if (!released) {
      released = true;
      deflater.end();
      out.order(ByteOrder.BIG_ENDIAN);
      pooled.close();
    }
  }

  @Override
  public void truncateWrites() throws IOException {
    release();
    next.truncateWrites();
  }

  @Override
  public boolean isWriteShutdown() {
    return ending || next.isWriteShutdown();
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) throws IOException {
    long all = 0;
    for (int i = offset; i < offset + length; i++) {
      all += write(from[i]);
      if (from[i].hasRemaining()) {
        return all;
      }
    }
    return all;
  }

  @Override
  public int writeFinal(ByteBuffer from) throws IOException {
    return Conduits.writeFinalBasic(this, from);
  }

  @Override
  public long writeFinal(ByteBuffer[] from, int offset, int length) throws IOException {
    return Conduits.writeFinalBasic(this, from, offset, length);
  }

  @Override
  public long transferFrom(FileChannel from, long position, long count) throws IOException {
    return from.transferTo(position, count, new ConduitWritableByteChannel(this));
  }

  @Override
  public long transferFrom(StreamSourceChannel from, long count, ByteBuffer through)
      throws IOException {
    return IoUtils.transfer(from, count, through, new ConduitWritableByteChannel(this));
  }
}
