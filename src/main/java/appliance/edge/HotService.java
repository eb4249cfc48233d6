package appliance.edge;

import java.util.function.BooleanSupplier;
import org.xnio.StreamConnection;

/**
 * What the connections of one listener need to answer hot requests.
 *
 * @param mayAnswer false sends every request the long way
 */
record HotService(HotAnswers answers, Lanes lanes, EdgeStats stats, BooleanSupplier mayAnswer) {

  boolean open() {
    return mayAnswer.getAsBoolean();
  }

  HotBuffers buffers(StreamConnection connection) {
    return lanes.get(connection.getIoThread().getNumber()).hot;
  }
}
