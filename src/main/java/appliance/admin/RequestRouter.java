package appliance.admin;

import java.util.Optional;

/** Decides who answers a client's request: this node, or the master for it. */
final class RequestRouter implements Routes.Handler {

  private final OriginCheck boundary;
  private final Routes local;
  private final MasterProxy master;
  private final Routes ui;

  RequestRouter(OriginCheck boundary, Routes local, MasterProxy master, Routes ui) {
    this.boundary = boundary;
    this.local = local;
    this.master = master;
    this.ui = ui;
  }

  @Override
  public Response handle(Request request) {
    return boundary
        .refusal(request)
        .or(() -> local.answer(request))
        .or(() -> ofMaster(request))
        .or(() -> ui.answer(request))
        .orElseGet(() -> Response.error(404, "there is no " + request.path()));
  }

  /** A bearer token is this node's own and means nothing to another. */
  private Optional<Response> ofMaster(Request request) {
    return request.header("authorization").isPresent() ? Optional.empty() : master.answer(request);
  }
}
