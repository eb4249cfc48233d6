package appliance.files;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The frame around several ranges in one response (RFC 9110, 14.6). */
final class Multipart {

  private final String boundary = Long.toHexString(ThreadLocalRandom.current().nextLong())
      + Long.toHexString(ThreadLocalRandom.current().nextLong());
  private final List<ByteBuffer> heads = new ArrayList<>();
  private final ByteBuffer end = ascii("\r\n--" + boundary + "--\r\n");
  private final List<ByteRange> ranges;

  Multipart(List<ByteRange> ranges, String partType, long total) {
    this.ranges = List.copyOf(ranges);
    for (ByteRange range : ranges) {
      heads.add(ascii((heads.isEmpty() ? "--" : "\r\n--") + boundary + "\r\nContent-Type: "
          + partType + "\r\nContent-Range: " + range.contentRange(total) + "\r\n\r\n"));
    }
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  String contentType() {
    return "multipart/byteranges; boundary=" + boundary;
  }

  /** All bytes of the response's content. */
  long length() {
    return heads.stream().mapToLong(ByteBuffer::remaining).sum()
        + end.remaining()
        + ranges.stream().mapToLong(ByteRange::length).sum();
  }

  /** The same, cut from a content in memory. */
  ByteBuffer[] of(ByteBuffer content) {
    List<ByteBuffer> all = new ArrayList<>();
    for (int i = 0; i < ranges.size(); i++) {
      all.add(heads.get(i).duplicate());
      all.add(content.slice((int) ranges.get(i).first(), (int) ranges.get(i).length()));
    }
    all.add(end.duplicate());
    return all.toArray(ByteBuffer[]::new);
  }

  /** The same, to be sent from a file. */
  List<FileTransfer.Part> parts() {
    List<FileTransfer.Part> all = new ArrayList<>();
    for (int i = 0; i < ranges.size(); i++) {
      ByteRange range = ranges.get(i);
      all.add(new FileTransfer.Part(heads.get(i).duplicate(), range.first(), range.length()));
    }
    all.add(new FileTransfer.Part(end.duplicate(), 0, 0));
    return all;
  }
}
