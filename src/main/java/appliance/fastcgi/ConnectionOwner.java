package appliance.fastcgi;

/** What happens to a connection, told on its I/O thread. */
interface ConnectionOwner {
  /** A child of php has taken it. */
  void taken(Connection connection);

  /** It can take a call. */
  void ready(Connection connection);

  /** It is closed, and holds no call any more; {@code taken} tells whether a child ever took it. */
  void gone(Connection connection, boolean taken);

  /** It broke before the answer's first byte: the call is to have another one. */
  void again(Call call);

  /** Php has not run the call, and says so. */
  void refused(Call call, String why);

  /** The call has failed; the client is to be told. */
  void failed(Call call, Failure failure);

  /** It broke before any child took it. */
  void notTaken(String why);
}
