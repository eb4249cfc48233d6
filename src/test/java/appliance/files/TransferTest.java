package appliance.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.testing.Await;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large files that change, and clients that are slow, while they are sent. */
final class TransferTest {

  private static final int SIZE = 24 << 20;
  private static final int OPEN_MAX = 20;

  @TempDir
  private Path folder;

  private final byte[] content = new byte[SIZE];
  private Path file;
  private StaticFiles files;
  private FileServer server;

  @BeforeEach
  void start() throws Exception {
    new Random(3).nextBytes(content);
    file = FileServer.write(folder, "big.bin", content);
    FileLimits limits = new FileLimits(64 << 10, 16 << 20, 512, 1 << 20, OPEN_MAX, 4096, 16);
    files = new StaticFiles(FileRoot.site(folder).with(limits), FileServer.NEXT);
    server = new FileServer(files);
  }

  @AfterEach
  void stop() {
    server.close();
    files.close();
  }

  /** A request whose first bytes have come and the rest of which waits for the reader. */
  private Socket begin() throws Exception {
    return begin("/big.bin");
  }

  private Socket begin(String target, String... fields) throws Exception {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(64 << 10);
    try (Socket address = server.connect()) {
      socket.connect(address.getRemoteSocketAddress());
    }
    socket.setSoTimeout(60_000);
    socket.getOutputStream().write(FileServer.request("GET", target, fields));
    return socket;
  }

  private static byte[] firstBytes(Socket socket) throws Exception {
    return socket.getInputStream().readNBytes(1000);
  }

  private static RawResponse rest(byte[] first, InputStream in) throws Exception {
    byte[] rest = FileServer.readAll(in);
    byte[] all = Arrays.copyOf(first, first.length + rest.length);
    System.arraycopy(rest, 0, all, first.length, rest.length);
    return RawResponse.parse(all);
  }

  @Test
  void a_file_that_is_replaced_goes_out_whole_as_it_was() throws Exception {
    try (Socket socket = begin()) {
      byte[] first = firstBytes(socket);
      Path other = FileServer.write(folder, "other.bin", new byte[SIZE]);
      Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
      assertArrayEquals(content, rest(first, socket.getInputStream()).content());
    }
    awaitNoneOpen();
  }

  @Test
  void a_file_that_is_deleted_goes_out_whole() throws Exception {
    try (Socket socket = begin()) {
      byte[] first = firstBytes(socket);
      Files.delete(file);
      assertArrayEquals(content, rest(first, socket.getInputStream()).content());
    }
  }

  @Test
  void a_file_that_grows_is_sent_with_the_length_that_was_promised() throws Exception {
    try (Socket socket = begin()) {
      byte[] first = firstBytes(socket);
      Files.write(file, new byte[1000], StandardOpenOption.APPEND);
      assertArrayEquals(content, rest(first, socket.getInputStream()).content());
    }
  }

  @Test
  void a_file_that_is_truncated_ends_the_connection_early() throws Exception {
    try (Socket socket = begin()) {
      byte[] first = firstBytes(socket);
      try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
        cut.setLength(SIZE - 1000);
      }
      RawResponse response = rest(first, socket.getInputStream());
      assertEquals("" + SIZE, response.field("Content-Length"));
      int got = response.content().length;
      assertTrue(got <= SIZE - 1000, "got " + got);
      assertArrayEquals(Arrays.copyOf(content, got), response.content());
    }
    awaitNoneOpen();
  }

  @Test
  void slow_readers_hold_no_thread_and_too_many_get_503() throws Exception {
    FileServer.write(folder, "small.txt", "small");
    List<Socket> readers = new ArrayList<>();
    for (int i = 0; i < OPEN_MAX; i++) {
      FileServer.write(folder, i + ".bin", content);
      readers.add(begin("/" + i + ".bin"));
      assertEquals(1000, firstBytes(readers.get(i)).length);
    }
    readers.add(begin("/0.bin"));
    assertEquals(1000, firstBytes(readers.get(OPEN_MAX)).length, "shares an open file");
    assertEquals(503, server.get("/big.bin").status());
    assertEquals(304, server.get("/big.bin", "If-None-Match: *").status());
    for (Socket reader : readers) {
      reader.close();
    }
    awaitNoneOpen();
    assertEquals("small", server.get("/small.txt").text());
    assertEquals(SIZE, server.get("/big.bin").content().length);
  }

  @Test
  void slow_readers_of_different_ranges_get_each_their_own() throws Exception {
    List<Socket> readers = new ArrayList<>();
    List<byte[]> firsts = new ArrayList<>();
    for (int i = 0; i < OPEN_MAX; i++) {
      readers.add(begin("/big.bin", "Range: bytes=" + rangeStart(i) + "-"));
      firsts.add(firstBytes(readers.get(i)));
    }
    for (int i = OPEN_MAX - 1; i >= 0; i--) {
      try (Socket reader = readers.get(i)) {
        RawResponse response = rest(firsts.get(i), reader.getInputStream());
        assertArrayEquals(Arrays.copyOfRange(content, rangeStart(i), SIZE), response.content());
      }
    }
    awaitNoneOpen();
  }

  private static int rangeStart(int reader) {
    return reader * 1_000_003;
  }

  @Test
  void a_slow_reader_of_several_large_ranges_gets_them_all() throws Exception {
    List<ByteRange> ranges = new ArrayList<>();
    List<String> specs = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      ByteRange range = new ByteRange(i * 3_000_001L, 1_500_000 + i);
      ranges.add(range);
      specs.add(range.first() + "-" + range.last());
    }
    try (Socket socket = begin("/big.bin", "Range: bytes=" + String.join(",", specs))) {
      RawResponse response = rest(firstBytes(socket), socket.getInputStream());
      assertArrayEquals(RangesTest.parts(response, content, SIZE, ranges), response.content());
    }
    awaitNoneOpen();
  }

  @Test
  void a_socket_that_takes_little_at_once_gets_all_of_it() throws Exception {
    server.close();
    server = new FileServer(files, 16 << 10);
    a_slow_reader_of_several_large_ranges_gets_them_all();
    slow_readers_of_different_ranges_get_each_their_own();
  }

  @Test
  void clients_that_leave_close_their_files() throws Exception {
    for (int i = 0; i < 3 * OPEN_MAX; i++) {
      try (Socket socket = begin()) {
        assertEquals(100, socket.getInputStream().readNBytes(100).length);
      }
      if (i % 10 == 9) {
        awaitNoneOpen();
      }
    }
  }

  private void awaitNoneOpen() throws Exception {
    Await.until("no file is open", Await.DEADLINE, this::openFiles, () -> openFiles() == 0);
  }

  private int openFiles() {
    return Integer.parseInt(String.valueOf(files.read().json().get("openFiles")));
  }
}
