package appliance.scenario;

import java.util.List;

/** Requests that try to leave the folders that are served: each is to be answered with a 4xx. */
final class HostilePaths {

  static final List<String> ALL = List.of(
      "/../secret.txt",
      "/../../../../../../etc/passwd",
      "/..%2fsecret.txt",
      "/%2e%2e/secret.txt",
      "/%2e%2e%2fsecret.txt",
      "/..%5csecret.txt",
      "/.%00./secret.txt",
      "/page.html%00.txt",
      "//etc/passwd",
      "/out.txt",
      "/media/../../secret.txt",
      "/media/..%2f..%2fsecret.txt",
      "/media/%2e%2e/%2e%2e/secret.txt",
      "/media/....//....//secret.txt",
      "/media//etc/passwd",
      "/media/%2fetc%2fpasswd",
      "/media/..%c0%af..%c0%afsecret.txt",
      "/media/out.txt",
      "/media/.hidden",
      "/media/..;/secret.txt");

  private HostilePaths() {}
}
