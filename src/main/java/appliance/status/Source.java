package appliance.status;

/** What a component registers to be seen: called often, from any thread, and so cheap and harmless. */
@FunctionalInterface
public interface Source {

  Section read();
}
