package appliance.fastcgi;

import static appliance.fastcgi.FakePhp.end;
import static appliance.fastcgi.FakePhp.join;
import static appliance.fastcgi.FakePhp.stdout;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import appliance.model.HostPort;
import appliance.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that does not take the end of an answer that php has given whole. */
final class SlowClientTest {

  /** More than a client and a server with small buffers hold, and no more than is read from php at once. */
  private static final int ANSWER_BYTES = 60_000;

  private static final int RECEIVE_BYTES = 4096;

  @TempDir
  Path folder;

  private Front front(FakePhp php, Duration idle) throws IOException {
    Files.writeString(folder.resolve("index.php"), "");
    PhpAddress address = new PhpAddress.Tcp(new HostPort("127.0.0.1", php.port()));
    FastCgiConfig config = FastCgiConfig.of(address, folder);
    return new Front(config.with(PhpLimits.silence(config.limits(), Duration.ofSeconds(60), idle)));
  }

  private static FakePhp php() {
    String answer = "Content-Type: text/plain\r\n\r\n" + "x".repeat(ANSWER_BYTES);
    return new FakePhp(request -> request.send(join(stdout(answer), end(0))));
  }

  private static Socket asking(Front front) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(RECEIVE_BYTES);
    socket.setSoTimeout(60_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), front.port()));
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** How much comes up to the connection's end, which may be a reset. */
  private static int rest(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] bytes = new byte[1000];
    int all = 0;
    try {
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        all += n;
      }
    } catch (SocketException reset) {
      return all;
    }
    return all;
  }

  @Test
  void one_that_takes_nothing_is_cut_off() throws Exception {
    try (FakePhp php = php();
        Front front = front(php, Duration.ofMillis(300));
        Socket client = asking(front)) {
      Await.until("it is cut off", () -> front.status("aborted") > 0);
      int taken = rest(client);
      assertTrue(taken < ANSWER_BYTES, taken + " bytes");
      assertEquals(1, front.status("aborted"));
    }
  }

  @Test
  void one_that_takes_its_time_gets_all() throws Exception {
    try (FakePhp php = php();
        Front front = front(php, Duration.ofSeconds(60));
        Socket client = asking(front)) {
      Await.until("php is done", () -> front.status("idle") == 1);
      int taken = rest(client);
      assertTrue(taken > ANSWER_BYTES, taken + " bytes");
      assertEquals(0, front.status("aborted"));
    }
  }
}
