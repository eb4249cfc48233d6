package appliance.admin;

import appliance.status.Prometheus;

/** What every node answers itself, about itself. */
final class LocalRoutes {

  private LocalRoutes() {}

  static Routes of(AdminPorts ports, Gate gate) {
    LocalCommands commands = new LocalCommands(ports.commands());
    Routes.Handler metrics =
        request -> Response.text(200, Prometheus.CONTENT_TYPE, ports.metrics().get());
    Routes.Handler guarded = gate.seeing(metrics);
    return new Routes()
        .get("/healthz", request -> Rotation.answer(ports.views().get()))
        .get(
            "/metrics",
            request -> isLocalProgram(request) ? metrics.handle(request) : guarded.handle(request))
        .get(
            "/api/status",
            gate.seeing(request -> Response.json(200, ports.status().get())))
        .post("/api/password", gate.ofThisMachine(commands::resetPassword))
        .post("/api/replica/rebuild", gate.commanding(commands::rebuildReplica));
  }

  /** A scraper on this machine; a proxy on this machine speaks for someone else. */
  private static boolean isLocalProgram(Request request) {
    return OriginCheck.isLoopback(request.source())
        && request.header("x-forwarded-for").isEmpty()
        && request.header("forwarded").isEmpty();
  }
}
