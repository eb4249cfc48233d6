package appliance.edge.hot;

import appliance.config.RequestLimits;
import appliance.edge.stats.EdgeStats;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.xnio.StreamConnection;

/**
 * What the connections of one listener need to answer hot requests.
 *
 * @param buffers of the I/O threads, by their numbers
 * @param limits what is beyond them is left to the parser to refuse
 * @param mayAnswer false sends every request the long way
 */
public record HotService(
    HotAnswers answers,
    List<HotBuffers> buffers,
    EdgeStats stats,
    RequestLimits limits,
    BooleanSupplier mayAnswer) {

  public HotService {
    buffers = List.copyOf(buffers);
  }

  boolean open() {
    return mayAnswer.getAsBoolean();
  }

  HotBuffers buffers(StreamConnection connection) {
    return buffers.get(connection.getIoThread().getNumber());
  }
}
