package appliance.edge.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitWritableByteChannel;
import org.xnio.conduits.StreamSinkConduit;

/** Takes a body, throws it away, and sends another one in its place. On the exchange's I/O thread. */
final class ReplacedBody extends AbstractStreamSinkConduit<StreamSinkConduit> {

  private final ByteBuffer words;
  private boolean ended;

  ReplacedBody(StreamSinkConduit next, byte[] words) {
    super(next);
    this.words = ByteBuffer.wrap(words);
  }

  @Override
  public int write(ByteBuffer source) {
    int taken = source.remaining();
    source.position(source.limit());
    return taken;
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    long taken = 0;
    for (int i = offset; i < offset + length; i++) {
      taken += write(sources[i]);
    }
    return taken;
  }

  @Override
  public int writeFinal(ByteBuffer source) throws IOException {
    int taken = write(source);
    terminateWrites();
    return taken;
  }

  @Override
  public long writeFinal(ByteBuffer[] sources, int offset, int length) throws IOException {
    long taken = write(sources, offset, length);
    terminateWrites();
    return taken;
  }

  @Override
  public long transferFrom(FileChannel source, long position, long count) throws IOException {
    return source.transferTo(position, count, new ConduitWritableByteChannel(this));
  }

  @Override
  public long transferFrom(StreamSourceChannel source, long count, ByteBuffer buffer)
      throws IOException {
    return IoUtils.transfer(source, count, buffer, new ConduitWritableByteChannel(this));
  }

  @Override
  public void terminateWrites() throws IOException {
    ended = true;
    send();
  }

  @Override
  public boolean flush() throws IOException {
    if (ended && words.hasRemaining() && !send()) {
      return false;
    }
    return super.flush();
  }

  private boolean send() throws IOException {
    while (words.hasRemaining()) {
      if (next.write(words) == 0) {
        return false;
      }
    }
    next.terminateWrites();
    return true;
  }
}
