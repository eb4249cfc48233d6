package appliance.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class VotesTest {

  private final JsonArray members = new JsonArray();

  private void member(String name, String state, String role) {
    members.add(JsonParser.parseString(
        "{name: %s, state: %s, cluster: {role: %s, voters: 3}}".formatted(name, state, role)));
  }

  private Optional<String> without(String member) {
    JsonObject status = new JsonObject();
    status.addProperty("node", "a");
    status.add("members", members);
    return Votes.without(member, status);
  }

  @Test
  void of_three_voters_one_may_be_switched_off_and_no_second_one() {
    member("a", "ACTIVE", "Leader");
    member("b", "DRAINED", "Follower");
    member("c", "ACTIVE", "Follower");
    assertEquals(Optional.empty(), without("b"));
    members.remove(2);
    member("c", "DOWN", "Follower");
    assertEquals(
        Optional.of(
            "Without it there is no majority (1 of 3 voters are left): nothing can be written"
                + " until it, or another one, is back."),
        without("b"));
  }

  @Test
  void one_that_has_no_vote_is_not_needed() {
    member("a", "ACTIVE", "Leader");
    member("b", "WITNESS", "Follower");
    member("c", "DOWN", "Follower");
    member("d", "DRAINED", "Learner");
    assertEquals(Optional.empty(), without("d"));
  }
}
