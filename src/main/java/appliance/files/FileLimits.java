package appliance.files;

/**
 * What serving files may cost.
 *
 * @param smallFileBytesMax largest file that is kept in memory
 * @param cacheBytesMax all that is kept in memory, with its bookkeeping
 * @param compressBytesMin smallest text that is compressed as it is asked for
 * @param compressBytesMax largest text that is compressed as it is asked for
 * @param openFilesMax files open at once for sending; above it requests get 503
 * @param missesMax paths remembered as absent, each for at most a second
 * @param rangesMax ranges in one request; with more the whole file is sent
 */
public record FileLimits(
    int smallFileBytesMax,
    long cacheBytesMax,
    int compressBytesMin,
    int compressBytesMax,
    int openFilesMax,
    int missesMax,
    int rangesMax) {

  public static final FileLimits DEFAULT =
      new FileLimits(64 << 10, 16 << 20, 512, 1 << 20, 1024, 4096, 16);

  public FileLimits {
    if (smallFileBytesMax < 0
        || cacheBytesMax < 0
        || compressBytesMin < 0
        || compressBytesMax < 0) {
      throw new IllegalArgumentException("a limit in bytes is negative");
    }
    if (openFilesMax < 1 || missesMax < 1 || rangesMax < 1) {
      throw new IllegalArgumentException("a limit on a number is below 1");
    }
  }
}
