package appliance.cluster.join;

import appliance.model.Fingerprint;
import appliance.model.HostPort;
import appliance.model.NodeId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Well-formed answers of somebody who says to be in whichever cluster, and may not know the secret. */
public final class FalseAnswer {

  private FalseAnswer() {}

  /** As it comes off the wire; of a cluster that goes on in any case, and refuses whoever asks. */
  public static DiscoveryClient.Reply reply(
      HostPort host, UUID cluster, String refusal, boolean proven) throws IOException {
    Greeting.Answer answer = of(cluster, refusal);
    Fingerprint key = new Fingerprint("%064x".formatted(cluster.getLeastSignificantBits()));
    return new DiscoveryClient.Reply(host, key, proven, Greeting.Answer.decode(answer.encode()));
  }

  static Greeting.Answer of(UUID cluster, String refusal) {
    return of(NodeId.random(), cluster, refusal);
  }

  static Greeting.Answer of(NodeId id, UUID cluster, String refusal) {
    return new Greeting.Answer(
        "test",
        id,
        "a\nname",
        Optional.of(cluster),
        1,
        true,
        false,
        false,
        refusal,
        List.of(),
        Greeting.Entrance.ASKS,
        true,
        Set.of(),
        Greeting.Proof.NONE);
  }
}
