package appliance.model;

/**
 * One node of the cluster as all nodes agree on it.
 *
 * @param reason why it is not {@code ACTIVE}, for an operator to read; empty if it is
 */
public record Member(
    NodeId id, String name, Endpoints endpoints, MemberState state, String reason) {}
