package appliance.replication;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.FileStore;
import org.h2.mvstore.RandomAccessStore;

/**
 * Has the head of the file name the newest chunk. H2 writes the head where a chunk lies elsewhere than the one
 * before it has foretold, but names that one in it (2.5.252): whoever opens the file after a kill looks
 * in the wrong place, and finds the state of seconds before. There is no other way to have it written than
 * by the method that H2 keeps to itself.
 */
final class ReplicaHead {

  private ReplicaHead() {}

  /** What has been written before is found by whoever opens the file from now on. */
  static void write(Connection connection) throws SQLException {
    if (connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session) {
      FileStore<?> file = session.getDatabase().getStore().getMvStore().getFileStore();
      try {
        Method write = RandomAccessStore.class.getDeclaredMethod("writeStoreHeader");
        write.setAccessible(true);
        write.invoke(file);
      } catch (InvocationTargetException e) {
        throw new SQLException("the replica's file cannot be written: " + e.getCause(), e);
      } catch (NoSuchMethodException | IllegalAccessException e) {
        throw new SQLException("this is not the H2 that the appliance comes with: " + e, e);
      }
    }
  }
}
