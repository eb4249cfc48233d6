package appliance.media;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;

/** Linux's inotify(7), with poll(2) and eventfd(2) so that a reader can be told to stop. */
interface Inotify extends Library {

  int MODIFY = 0x2;
  int CLOSE_WRITE = 0x8;
  int MOVED_FROM = 0x40;
  int MOVED_TO = 0x80;
  int CREATE = 0x100;
  int DELETE = 0x200;
  int DELETE_SELF = 0x400;
  int MOVE_SELF = 0x800;
  int UNMOUNT = 0x2000;
  int Q_OVERFLOW = 0x4000;
  int IGNORED = 0x8000;
  int ONLYDIR = 0x01000000;
  int DONT_FOLLOW = 0x02000000;
  int EXCL_UNLINK = 0x04000000;
  int ISDIR = 0x40000000;

  int NONBLOCK_CLOEXEC = 0x800 | 0x80000;
  short POLLIN = 1;
  int POLLFD_BYTES = 8;

  /** Errors by errno(3). */
  int ENOENT = 2;

  int ENOTDIR = 20;
  int EMFILE = 24;
  int ENOSPC = 28;

  /**
   * @throws UnsatisfiedLinkError if there is no such library here
   */
  static Inotify load() {
    return Native.load("c", Inotify.class);
  }

  int inotify_init1(int flags) throws LastErrorException;

  int inotify_add_watch(int fd, byte[] path, int mask) throws LastErrorException;

  int inotify_rm_watch(int fd, int watch) throws LastErrorException;

  int eventfd(int initial, int flags) throws LastErrorException;

  /** {@code fds} holds {@code count} of struct pollfd: int fd, short events, short revents. */
  int poll(Memory fds, long count, int timeoutMillis) throws LastErrorException;

  long read(int fd, Memory buffer, long count) throws LastErrorException;

  long write(int fd, byte[] bytes, long count) throws LastErrorException;

  int close(int fd) throws LastErrorException;
}
