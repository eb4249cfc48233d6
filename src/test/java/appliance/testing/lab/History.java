package appliance.testing.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What clients and applications have noted of a run. All times are nanoseconds of the one monotonic clock
 * that all processes of a machine share.
 *
 * @param acks in no particular order
 * @param entries of all applications
 */
public record History(List<Ack> acks, List<Entry> entries) {

  /** How the ids of writes begin that any node may acknowledge, not only the master. */
  static final String PUBLIC = "public-";

  public History {
    acks = List.copyOf(acks);
    entries = List.copyOf(entries);
  }

  /**
   * A write that a client was told is done.
   *
   * @param through the node that the client talked to
   * @param by the host whose application answered
   */
  public record Ack(String id, int through, int by, long sent, long acked, long epoch) {

    boolean isPublic() {
      return id.startsWith(PUBLIC);
    }

    String line() {
      return String.join(
          " ",
          "ACK",
          id,
          String.valueOf(through),
          String.valueOf(by),
          String.valueOf(sent),
          String.valueOf(acked),
          String.valueOf(epoch));
    }

    /** Empty if {@code line} is none, or is cut short. */
    static Optional<Ack> parse(String line) {
      String[] word = line.split(" ", -1);
      return word[0].equals("ACK") && word.length == 7
          ? Optional.of(new Ack(
              word[1],
              Integer.parseInt(word[2]),
              Integer.parseInt(word[3]),
              Long.parseLong(word[4]),
              Long.parseLong(word[5]),
              Long.parseLong(word[6])))
          : Optional.empty();
    }
  }

  /**
   * A write that an application was given.
   *
   * @param host of the application
   * @param answered before its answer left
   */
  public record Entry(int host, String id, long epoch, long got, long answered) {

    String line() {
      return String.join(
          " ",
          "ENTRY",
          String.valueOf(host),
          id,
          String.valueOf(epoch),
          String.valueOf(got),
          String.valueOf(answered));
    }
  }

  /** Reads the files of clients and applications; a last line that was cut short by a kill is left out. */
  public static History read(List<Path> files) throws IOException {
    List<Ack> acks = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    for (Path file : files) {
      for (String line : Files.readAllLines(file)) {
        Ack.parse(line).ifPresent(acks::add);
        String[] word = line.split(" ", -1);
        if (word[0].equals("ENTRY") && word.length == 6) {
          entries.add(new Entry(
              Integer.parseInt(word[1]),
              word[2],
              Long.parseLong(word[3]),
              Long.parseLong(word[4]),
              Long.parseLong(word[5])));
        }
      }
    }
    return new History(acks, entries);
  }
}
