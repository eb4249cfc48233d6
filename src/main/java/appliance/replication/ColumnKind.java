package appliance.replication;

/** How a column's values look in the replica, whatever MariaDB calls their type. */
enum ColumnKind {
  /** All integers that fit 64 signed bits, and YEAR: {@link Long}. */
  INTEGER,
  /** BIGINT UNSIGNED: {@link java.math.BigDecimal} in a NUMERIC(20). */
  UNSIGNED_LONG,
  DECIMAL,
  REAL,
  DOUBLE,
  /** BIT(1) to BIT(64): the number that its bits make. */
  BIT,
  TEXT,
  ENUM,
  SET,
  BYTES,
  DATE,
  DATETIME,
  /** The instant, in UTC. */
  TIMESTAMP,
  /** From -838:59:59 to 838:59:59, which no SQL TIME holds: the text that MariaDB prints. */
  TIME,
  UUID,
  INET4,
  INET6;

  /** What a snapshot selects of a column, so that its text says the value without loss. */
  String selection(String quotedName) {
    return switch (this) {
      case REAL -> "CAST(" + quotedName + " AS DOUBLE)";
      case BIT -> "CAST(" + quotedName + "+0 AS CHAR)";
      case INTEGER, UNSIGNED_LONG, DECIMAL, DOUBLE, TEXT, BYTES -> quotedName;
      case ENUM, SET -> "CONVERT(" + quotedName + " USING utf8mb4)";
      case DATE, DATETIME, TIMESTAMP, TIME, UUID, INET4, INET6 ->
        "CAST(" + quotedName + " AS CHAR)";
    };
  }

  /** Whether H2 finds equal exactly what is the same value, so that a key of it may be unique. */
  boolean comparesExactly() {
    return this != TEXT && this != ENUM && this != SET;
  }
}
