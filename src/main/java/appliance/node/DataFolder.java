package appliance.node;

import appliance.cluster.state.ClusterFile;
import appliance.cluster.state.MemberMark;
import appliance.model.NodeId;
import appliance.runtime.ExitCode;
import appliance.runtime.Force;
import appliance.runtime.StartFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds all that survives a restart, locked while this process lives, so that no two
 * nodes ever share one. Holds the node's identity.
 */
public final class DataFolder implements AutoCloseable {

  private static final String LOCK = "lock";

  private final Path path;
  private final FileChannel channel;
  private final NodeId id;

  private DataFolder(Path path, FileChannel channel, NodeId id) {
    this.path = path;
    this.channel = channel;
    this.id = id;
  }

  /**
   * Makes the folder if there is none, locks it, and reads or makes the identity.
   *
   * @throws StartFailure if it cannot be written, or another node runs on it
   */
  public static DataFolder open(Path path) {
    return open(path, false);
  }

  /** As {@link #open(Path)}; with {@code newIdentity} the node is another one than before. */
  static DataFolder open(Path path, boolean newIdentity) {
    FileChannel channel = null;
    try {
      Files.createDirectories(path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
      channel =
          FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!lock(channel)) {
        throw inUse(path);
      }
      if (newIdentity) {
        NewIdentity.in(path);
      }
      return new DataFolder(path, channel, identity(path));
    } catch (IOException e) {
      throw closing(channel, unusable(path, e));
    } catch (StartFailure e) {
      throw closing(channel, e);
    }
  }

  /**
   * Drops the identity of the node that was started on {@code path}, so that its next start makes another.
   * Makes no file: those of the folder belong to the node's user, whoever runs this.
   *
   * @throws StartFailure if no node was started there, or one runs
   */
  public static void dropIdentity(Path path) {
    try (FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.WRITE)) {
      if (!lock(channel)) {
        throw new StartFailure(
            ExitCode.DATA_FOLDER, "a node runs on the data folder " + path + ": stop it first");
      }
      NewIdentity.in(path);
    } catch (NoSuchFileException e) {
      throw new StartFailure(
          ExitCode.DATA_FOLDER,
          "there is no node's data in " + path + ": name the data folder with --data DIR",
          e);
    } catch (IOException e) {
      throw unusable(path, e);
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static NodeId identity(Path folder) throws IOException {
    Path file = folder.resolve("node.id");
    if (Files.exists(file)) {
      return parse(file, Files.readString(file).strip());
    }
    if (Files.exists(ClusterFile.path(folder)) || Files.exists(MemberMark.path(folder))) {
      throw lost(file);
    }
    NodeId id = NodeId.random();
    Path next = file.resolveSibling("node.id.new");
    Files.writeString(next, id + "\n", StandardOpenOption.CREATE, StandardOpenOption.SYNC);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    Force.DISK.of(folder);
    return id;
  }

  private static NodeId parse(Path file, String text) {
    try {
      return NodeId.parse(text);
    } catch (IllegalArgumentException e) {
      throw new StartFailure(
          ExitCode.DATA_FOLDER,
          file + " does not hold a node's id; restore it, or start with an empty --data folder",
          e);
    }
  }

  /** Another id would be another node, with a vote that is not its own. */
  private static StartFailure lost(Path file) {
    return new StartFailure(
        ExitCode.DATA_FOLDER,
        file
            + " is missing, and this folder's node is a member of a cluster. If the file was moved away, put it"
            + " back. If it is lost, run 'appliance new-identity' and start this node: it keeps its replica, its"
            + " media and its join secret, and joins as a new node, or founds the cluster anew if it was the only"
            + " one");
  }

  private static StartFailure inUse(Path path) {
    return new StartFailure(
        ExitCode.DATA_FOLDER,
        "the data folder " + path + " is in use by another node; give each its own --data");
  }

  private static StartFailure unusable(Path path, IOException cause) {
    return new StartFailure(
        ExitCode.DATA_FOLDER,
        "the data folder " + path + " cannot be used (" + cause + "); give a writable --data",
        cause);
  }

  private static StartFailure closing(@Nullable FileChannel channel, StartFailure failure) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  public Path path() {
    return path;
  }

  public NodeId id() {
    return id;
  }

  /** Gives the folder free for another process. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
