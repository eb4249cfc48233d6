package appliance.fastcgi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Cuts one connection's STDERR into lines, without control characters and of bounded length. */
final class Stderr implements RecordReader.Events {

  private static final int LINE_BYTES_MAX = 2048;

  private final Consumer<String> lines;
  private final LongAdder counted;
  private final byte[] line = new byte[LINE_BYTES_MAX];
  private int length;
  private boolean cut;

  Stderr(Consumer<String> lines, LongAdder counted) {
    this.lines = lines;
    this.counted = counted;
  }

  @Override
  public void stderr(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte b = bytes.get();
      if (b == '\n') {
        flush();
      } else if (length < line.length) {
        line[length++] = (b >= 0 && b < ' ') || b == 0x7f ? (byte) ' ' : b;
      } else {
        cut = true;
      }
    }
  }

  /** Ends the line that a request left open. */
  void flush() {
    if (length > 0) {
      String text = new String(line, 0, length, StandardCharsets.UTF_8).stripTrailing();
      if (!text.isEmpty()) {
        counted.increment();
        lines.accept(cut ? text + " ..." : text);
      }
    }
    length = 0;
    cut = false;
  }
}
