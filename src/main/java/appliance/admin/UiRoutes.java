package appliance.admin;

/** What the master answers for all: the UI's pages, its sessions and its commands. */
final class UiRoutes {

  private UiRoutes() {}

  static Routes of(Gate gate, Login login, Commands commands, AdminCommands cluster) {
    Routes routes = new Routes()
        .post("/api/login", login::signIn)
        .get("/api/session", login::show)
        .post("/api/logout", gate.commanding(login::signOut))
        .post("/api/approve", gate.commanding(commands.free("approve", cluster::approve)))
        .post("/api/refuse", gate.commanding(commands.freeRecorded("refuse", cluster::refuse)))
        .post("/api/drain", gate.commanding(commands.handler("drain", cluster::drain)))
        .post("/api/handover", gate.commanding(commands.optional("handover", cluster::handover)))
        .post("/api/resume", gate.commanding(commands.handler("resume", cluster::resume)))
        .post("/api/remove", gate.commanding(commands.recorded("remove", cluster::remove)))
        .post("/api/promote", gate.commanding(commands.recorded("promote", cluster::promote)))
        .post("/api/recover", gate.commanding(commands.recorded("recover", cluster::recover)));
    Pages.addTo(routes);
    return routes;
  }
}
