package appliance.model;

/**
 * A node that asks to join the cluster and has not shown its secret.
 *
 * @param key to be compared with what that node prints
 * @param name what it calls itself; anyone can choose any name
 * @param address where it calls from
 */
public record Asker(Fingerprint key, String name, String address) {}
