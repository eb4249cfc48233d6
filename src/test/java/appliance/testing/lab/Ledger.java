package appliance.testing.lab;

import appliance.testing.lab.History.Entry;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executors;

/**
 * An application in a process of its own, that notes each write it is given in a file before it answers:
 * {@code POST /w/ID}. Arguments: host number, address, port, file.
 */
public final class Ledger {

  private final int host;
  private final BufferedWriter file;

  private Ledger(int host, BufferedWriter file) {
    this.host = host;
    this.file = file;
  }

  public static void main(String[] args) throws IOException {
    BufferedWriter file = Files.newBufferedWriter(
        Path.of(args[3]), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    Ledger ledger = new Ledger(Integer.parseInt(args[0]), file);
    InetSocketAddress address = new InetSocketAddress(args[1], Integer.parseInt(args[2]));
    HttpServer server = HttpServer.create(address, 256);
    server.setExecutor(Executors.newFixedThreadPool(16));
    server.createContext("/", ledger::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    long got = System.nanoTime();
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      if (exchange.getRequestMethod().equals("POST") && path.startsWith("/w/")) {
        String epoch = exchange.getRequestHeaders().getFirst("Appliance-Epoch");
        note(path.substring(3), epoch == null ? -1 : Long.parseLong(epoch), got);
      }
      exchange.getResponseHeaders().set("X-Host", String.valueOf(host));
      exchange.sendResponseHeaders(204, -1);
    }
  }

  private synchronized void note(String id, long epoch, long got) throws IOException {
    file.write(new Entry(host, id, epoch, got, System.nanoTime()).line());
    file.newLine();
    file.flush();
  }
}
