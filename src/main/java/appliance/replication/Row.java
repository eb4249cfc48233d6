package appliance.replication;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** One image of a row: the columns that the event holds, and their values by column number. */
@SuppressWarnings("ArrayRecordComponent") // short-lived, read by its maker's caller only
record Row(BitSet present, Object[] values) {

  @Nullable
  Object value(int column) {
    return values[column];
  }

  boolean isWhole() {
    return present.cardinality() == values.length;
  }
}
