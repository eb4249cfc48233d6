package appliance.cluster.state;

import appliance.model.Fingerprint;
import appliance.trust.JoinSecret;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Commands that concern who is let in. */
public sealed interface TrustCommand extends Command {

  /**
   * A key may join: it has proven the secret, or a person has approved it.
   *
   * @param name what the node calls itself, for people to read
   */
  record Admit(Fingerprint key, String name) implements TrustCommand {
    @Override
    public Outcome apply(ClusterState state) {
      if (state.keyed(key).isPresent()) {
        return Outcome.accepted(state);
      }
      return Outcome.accepted(state.with(state.credentials().with(key, name)));
    }

    @Override
    public int tag() {
      return 30;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      Wire.key(out, key);
      Wire.text(out, name, Wire.NAME_BYTES_MAX);
    }

    static Admit read(DataInput in) throws IOException {
      return new Admit(Wire.key(in), Wire.text(in, Wire.NAME_BYTES_MAX));
    }
  }

  /**
   * An operator turns a node away that asks to join, or was admitted and has not joined yet; to admit it later
   * is possible all the same.
   */
  record Refuse(Fingerprint key) implements TrustCommand {
    @Override
    public Outcome apply(ClusterState state) {
      return state.keyed(key).isPresent()
          ? Outcome.refused(state, "that node is a member: 'node remove' takes it out")
          : Outcome.accepted(state.with(state.credentials().without(key).refusing(key)));
    }

    @Override
    public int tag() {
      return 32;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      Wire.key(out, key);
    }
  }

  /** The join secret from now on, where one is due; a second one at the same time is too late. */
  record Secret(JoinSecret secret) implements TrustCommand {
    @Override
    public Outcome apply(ClusterState state) {
      Credentials credentials = state.credentials();
      return Outcome.accepted(
          credentials.secretDue() ? state.with(credentials.with(secret)) : state);
    }

    @Override
    public int tag() {
      return 31;
    }

    @Override
    public void write(DataOutput out) throws IOException {
      Wire.text(out, secret.text(), JoinSecret.CHARACTERS_MAX);
    }

    static Secret read(DataInput in) throws IOException {
      return new Secret(new JoinSecret(Wire.text(in, JoinSecret.CHARACTERS_MAX)));
    }
  }
}
