package appliance.edge;

import appliance.config.RequestLimits;
import java.util.function.BooleanSupplier;
import org.xnio.StreamConnection;

/**
 * What the connections of one listener need to answer hot requests.
 *
 * @param limits what is beyond them is left to the parser to refuse
 * @param mayAnswer false sends every request the long way
 */
record HotService(
    HotAnswers answers,
    Lanes lanes,
    EdgeStats stats,
    RequestLimits limits,
    BooleanSupplier mayAnswer) {

  boolean open() {
    return mayAnswer.getAsBoolean();
  }

  HotBuffers buffers(StreamConnection connection) {
    return lanes.get(connection.getIoThread().getNumber()).hot;
  }
}
