package appliance.testing.lab;

import appliance.testing.lab.History.Ack;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Clients in a process of their own, on a host that no cut concerns: two for each node write to the admin
 * host all the time, and some to a public one, and note what they were told. Ends with its standard input.
 * Arguments: file, pause between two writes, patience with each, both in milliseconds, number of the public
 * host's clients for each node, then an address and port for each node.
 */
public final class Writers {

  private static final int CLIENTS_PER_NODE = 2;
  private static final int CONNECT_MILLIS_MAX = 5_000;

  private final BufferedWriter file;
  private final long pauseMillis;
  private final int patienceMillis;

  private Writers(BufferedWriter file, long pauseMillis, int patienceMillis) {
    this.file = file;
    this.pauseMillis = pauseMillis;
    this.patienceMillis = patienceMillis;
  }

  public static void main(String[] args) throws IOException {
    Writers writers = new Writers(
        Files.newBufferedWriter(Path.of(args[0])),
        Long.parseLong(args[1]),
        Integer.parseInt(args[2]));
    int publicClients = Integer.parseInt(args[3]);
    for (int node = 1; node <= args.length - 4; node++) {
      String[] address = args[node + 3].split(":", -1);
      InetSocketAddress at = new InetSocketAddress(address[0], Integer.parseInt(address[1]));
      for (int client = 1; client <= CLIENTS_PER_NODE; client++) {
        writers.begin(new Client(node, node + "." + client, "admin.lab", at));
      }
      for (int client = 1; client <= publicClients; client++) {
        writers.begin(new Client(node, History.PUBLIC + node + "." + client, "www.lab", at));
      }
    }
    while (System.in.read() >= 0) {
      // until whoever started this is done
    }
    writers.end();
  }

  /** @param through the node at that address */
  private record Client(int through, String name, String host, InetSocketAddress at) {}

  private void begin(Client client) {
    Thread thread = new Thread(() -> run(client), "writer-" + client.name());
    thread.setDaemon(true);
    thread.start();
  }

  private void run(Client client) {
    int through = client.through();
    Connection open = null;
    for (long number = 1; ; number++) {
      String id = client.name() + "." + number;
      long sent = System.nanoTime();
      try {
        if (open == null) {
          open = new Connection(client, patienceMillis);
        }
        Map<String, String> answer = open.post(id);
        note(through, id, sent, answer);
        if (answer.getOrDefault("connection", "").equalsIgnoreCase("close")) {
          open.close();
          open = null;
        }
        Thread.sleep(pauseMillis);
      } catch (IOException | NumberFormatException e) {
        open = close(open);
        write("FAILED " + id + " " + through + " " + sent + " " + System.nanoTime() + " " + e);
        pause(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static @Nullable Connection close(@Nullable Connection open) {
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        return null; // it is gone either way
      }
    }
    return null;
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void note(int through, String id, long sent, Map<String, String> answer) {
    long acked = System.nanoTime();
    String line = "REFUSED " + id + " " + through + " " + sent + " " + acked + " "
        + answer.getOrDefault(":status", "");
    if (answer.getOrDefault(":status", "").startsWith("2")) {
      long epoch = Long.parseLong(answer.getOrDefault("appliance-epoch", "-1"));
      int by = Integer.parseInt(answer.getOrDefault("x-host", "-1"));
      line = new Ack(id, through, by, sent, acked, epoch).line();
    }
    write(line);
  }

  private void write(String line) {
    synchronized (file) {
      try {
        file.write(line);
        file.newLine();
        file.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e); // the driver has ended this process's part
      }
    }
  }

  private void end() throws IOException {
    synchronized (file) {
      file.close();
    }
    System.exit(0);
  }

  /** One kept connection. */
  private static final class Connection implements AutoCloseable {
    private final Socket socket = new Socket();
    private final BufferedReader in;
    private final String host;

    Connection(Client client, int patienceMillis) throws IOException {
      host = client.host();
      socket.connect(client.at(), CONNECT_MILLIS_MAX);
      socket.setSoTimeout(patienceMillis);
      socket.setTcpNoDelay(true);
      in = new BufferedReader(
          new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    /** The answer's headers, its status as {@code :status}; the body is read away. */
    Map<String, String> post(String id) throws IOException {
      String request =
          "POST /w/" + id + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 1\r\n\r\nx";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      Map<String, String> headers = new HashMap<>();
      headers.put(":status", line().split(" ", -1)[1]);
      for (String line = line(); !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT),
            line.substring(colon + 1).strip());
      }
      for (int left = Integer.parseInt(headers.getOrDefault("content-length", "0"));
          left > 0;
          left--) {
        if (in.read() < 0) {
          throw new IOException("the answer broke off");
        }
      }
      return headers;
    }

    private String line() throws IOException {
      String line = in.readLine();
      if (line == null) {
        throw new IOException("closed without an answer");
      }
      return line;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
