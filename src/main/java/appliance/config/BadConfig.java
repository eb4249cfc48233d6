package appliance.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used; carries every problem at once, for the operator. */
public final class BadConfig extends Exception {

  private static final long serialVersionUID = 1;

  private final transient List<Problem> problems;

  public BadConfig(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
