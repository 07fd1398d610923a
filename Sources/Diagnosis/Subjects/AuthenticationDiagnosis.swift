import ControlAPI

/// Where any host of a network can be taken for the router.
struct AuthenticationDiagnosis {
  let reports: DaemonReports

  var findings: [Finding] {
    reports.interfaces.filter { interface in
      interface.isActive && [.broadcast, .nonBroadcast].contains(interface.networkType) && interface.authentication == .none
    }.map { interface in
      Finding(
        .note, .noAuthentication, subject: interface.subject,
        message:
          "Packets are not authenticated on a network that many hosts may be on: any of them can end the adjacency with one "
          + "Hello, and advertise routes to the routers.",
        advice:
          "Configure `authentication` here and on the routers; `ttl-security` and `neighbor-filter` keep out those beyond the link "
          + "and mistakes.")
    }
  }
}
