package appliance.cluster.state;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Commands that concern the cluster as a whole. */
public sealed interface ClusterCommand extends Command {

  /** Gives the cluster its id; the first entry of every log. */
  record Found(UUID cluster) implements ClusterCommand {
    @Override
    public Outcome apply(ClusterState state) {
      if (state.cluster().isPresent()) {
        return Outcome.refused(state, "the cluster has been founded already");
      }
      return Outcome.accepted(state.founded(cluster));
    }

    @Override
    public int tag() {
      return 1;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      Wire.uuid(out, cluster);
    }
  }

  /** Changes nothing: shows that the log moves, and commits what an earlier leader has left. */
  record Beat() implements ClusterCommand {
    @Override
    public Outcome apply(ClusterState state) {
      return Outcome.accepted(state);
    }

    @Override
    public int tag() {
      return 2;
    }

    @Override
    public void write(DataOutput out) {
      // nothing but its tag
    }
  }

  /** The node that founded the cluster has content: the cluster is not given up any more. */
  record Hold() implements ClusterCommand {
    @Override
    public Outcome apply(ClusterState state) {
      return Outcome.accepted(state.holding());
    }

    @Override
    public int tag() {
      return 4;
    }

    @Override
    public void write(DataOutput out) {
      // nothing but its tag
    }
  }

  /**
   * Sets one setting; an empty value removes it.
   *
   * @param byPerson whether someone wished for it: the cluster then holds something. What the program has
   *     made up does not replace what is there
   */
  record Put(String key, String value, boolean byPerson) implements ClusterCommand {
    @Override
    public Outcome apply(ClusterState state) {
      String known = state.settings().getOrDefault(key, value);
      if (!byPerson && !known.equals(value)) {
        return Outcome.refused(state, "the setting " + key + " is there already");
      }
      Map<String, String> settings = new TreeMap<>(state.settings());
      if (value.isEmpty()) {
        settings.remove(key);
      } else {
        settings.put(key, value);
      }
      if (bytes(settings) > ClusterState.SETTINGS_BYTES_MAX
          || settings.size() > ClusterState.SETTINGS_MAX) {
        return Outcome.refused(
            state,
            "the settings would take more than "
                + ClusterState.SETTINGS_BYTES_MAX / 1024
                + " KB in all; remove some first");
      }
      ClusterState changed = state.with(settings, byPerson);
      return changed.fitsAfter(state)
          ? Outcome.accepted(changed)
          : Outcome.refused(
              state,
              "the replicated state would be larger than " + ClusterState.BYTES_MAX / 1024
                  + " KB; remove settings, or nodes that are gone");
    }

    private static long bytes(Map<String, String> settings) {
      return settings.entrySet().stream()
          .mapToLong(s -> s.getKey().getBytes(StandardCharsets.UTF_8).length
              + s.getValue().getBytes(StandardCharsets.UTF_8).length)
          .sum();
    }

    @Override
    public int tag() {
      return 3;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      Wire.text(out, key, ClusterState.KEY_BYTES_MAX);
      Wire.text(out, value, ClusterState.VALUE_BYTES_MAX);
      out.writeBoolean(byPerson);
    }

    static Put read(DataInput in) throws IOException {
      return new Put(
          Wire.text(in, ClusterState.KEY_BYTES_MAX),
          Wire.text(in, ClusterState.VALUE_BYTES_MAX),
          in.readBoolean());
    }
  }
}
