import ControlAPI
import OSPFWire

/// One service: whether it is checked, up, on its device, listening, advertised and known to the routers.
struct ServiceDiagnosis {
  let service: ServiceReport
  let reports: DaemonReports
  let host: HostFacts

  var checks: [CheckReport] { reports.checks.filter { $0.service == service.name } }
  /// Whether the service is to be advertised.
  private var isServing: Bool { service.state.isServing }

  var findings: [Finding] {
    guard !service.shutdown else {
      return [finding(.note, .serviceShutdown, "Configured with `shutdown`, and therefore never advertised.")]
    }
    return held + checks.compactMap(verdict) + unchecked + service.addresses.flatMap(findings(on:)) + unheard
  }

  private func finding(
    _ severity: Finding.Severity, _ kind: Finding.Kind, _ message: String, advice: String = ""
  ) -> Finding {
    Finding(severity, kind, subject: "service \(service.name)", message: message, advice: advice)
  }

  private var addresses: String { service.addresses.map(\.prefix).joined(separator: ", ") }

  // MARK: - The service as a whole

  private var held: [Finding] {
    switch service.state {
    case .suspended:
      [
        finding(
          .warning, .serviceSuspended, "Checks are suspended, and \(addresses) is not advertised: \(service.reason).",
          advice: "`kill -CONT \(reports.status.processID)` resumes checking.")
      ]
    case .draining, .drained:
      [
        finding(
          .warning, .serviceDrained,
          "\(service.state == .drained ? "Drained" : "Being drained") since \(service.since), so that \(addresses) is withdrawn: "
            + "\(service.reason)\(end(of: service.drain)).",
          advice: "`anycastctl undrain \(service.name)` ends it.")
      ]
    case .damped:
      [
        finding(
          .error, .serviceDamped,
          "Held down\(service.heldDownUntil.map { " until \($0)" } ?? ""), so that \(addresses) is withdrawn: \(service.reason).",
          advice: "Find out why its checks change their minds: `anycastctl watch` shows every change with its reason.")
      ]
    case .lastResort:
      [
        finding(
          .error, .serviceLastResort,
          "It is not well, and \(addresses) stays advertised with the worst metric all the same: \(service.reason).",
          advice:
            "Whoever has no other choice comes here. `anycastctl fleet \(service.name)` shows the other nodes; repair any of them."
        )
      ]
    default: []
    }
  }

  private func end(of drain: DrainReport?) -> String { drain?.until.map { "; it ends at \($0)" } ?? "" }

  private var unchecked: [Finding] {
    guard service.checkCount == 0 else { return [] }
    return [
      finding(
        .note, .serviceUnchecked, "There is no check: \(addresses) is advertised whether anything answers there or not.",
        advice: "Add a `check` line to `anycast service \(service.name)`.")
    ]
  }

  // MARK: - Checks

  private func verdict(_ check: CheckReport) -> Finding? {
    let isSuspended = service.state == .suspended
    let last = check.lastResult.map { ": \($0)" } ?? ""
    switch check.state {
    case .failing:
      let since = check.lastFinishedAt.map {
        let seconds = Double(max(check.consecutiveFailures - 1, 0)) * check.intervalSeconds
        return ", since about \($0.advanced(bySeconds: -seconds))"
      }
      let consequence =
        isServing
        ? "The service is \(service.state) all the same, because `require \(service.require)` is met (\(service.passingChecks) of \(service.checkCount) pass)."
        : service.addresses.contains(where: \.advertised)
          ? "The service is \(service.state)." : "The service is \(service.state), and \(addresses) is not advertised."
      return finding(
        isServing ? .warning : .error, .checkFailing,
        "Check \(check.number) (`\(check.summary)`) has failed \(check.consecutiveFailures) times in a row\(since ?? "")\(last). "
          + consequence,
        advice: "\(byHand(check)) It runs every \(Phrases.duration(check.intervalSeconds)) and passes again after "
          + "\(check.rise) \(check.rise == 1 ? "success" : "successes") in a row.")
    case .degraded:
      let metrics = Set(service.addresses.compactMap(\.metric)).sorted().map(String.init).joined(separator: ", ")
      return finding(
        .warning, .checkDegraded,
        "Check \(check.number) (`\(check.summary)`) says that the service works, but not as it should\(last). The service is "
          + "\(service.state)\(metrics.isEmpty ? "" : ", and advertised with metric \(metrics)").",
        advice: byHand(check))
    case .unknown where !isSuspended:
      return finding(
        .warning, .checkPending,
        "Check \(check.number) (`\(check.summary)`) has not been decided yet: \(check.consecutivePasses) of \(check.rise) successes, "
          + "\(check.consecutiveFailures) of \(check.fall) failures\(last).",
        advice: "Ask again in \(Phrases.duration(check.intervalSeconds * Double(max(check.rise, check.fall)))).")
    default: return nil
    }
  }

  /// The lines that try what the check probes: those for the addresses that its last result names, where it names any.
  private func byHand(_ check: CheckReport) -> String {
    let lines = check.commandLines ?? []
    let said = check.lastResult ?? ""
    let named = lines.filter { line in
      line.split { " []'@".contains($0) }.contains { word in IPAddress(word) != nil && said.contains(word) }
    }
    let shown = (named.isEmpty ? lines : named).prefix(2).map { "`\($0)`" }
    return shown.isEmpty ? "Try by hand what it probes." : "Try by hand what it probes: \(shown.joined(separator: ", "))."
  }

  // MARK: - Addresses

  private func findings(on address: ServiceAddressReport) -> [Finding] {
    let missing = missing(address)
    return [missing, missing == nil ? withheld(address) : nil, unacknowledged(address)].compactMap(\.self) + deaf(address)
  }

  /// Whether the address is to be on the device now.
  private var wantsAddresses: Bool {
    switch service.addressMode {
    case .always, .present: true
    case .healthy: isServing || service.state == .lastResort
    default: false
    }
  }

  private func missing(_ address: ServiceAddressReport) -> Finding? {
    guard wantsAddresses, !address.present else { return nil }
    let length = IPAddress(address.address)?.bitWidth ?? 32
    let command = "`ip address add \(address.address)/\(length) dev \(service.device)`"
    if let known = host.ipv6Addresses?.first(where: { $0.device == service.device && $0.address.description == address.address }),
      known.isTentative || known.isDuplicate
    {
      return finding(
        .error, .addressTentative,
        "\(address.address) is on \(service.device) and cannot be used: duplicate address detection "
          + (known.isDuplicate ? "has found it at another host of the link." : "has not finished."),
        advice:
          "Add it without detection, `\(command.filter { $0 != "`" }) nodad`, or leave it to the daemon (`address-mode always`).")
    }
    let who =
      service.addressMode == .present
      ? "somebody else is to put it there (`address-mode present`)"
      : "the daemon is to keep it there (`address-mode \(service.addressMode)`)"
    let advice =
      service.addressMode == .present
      ? "\(command), or leave it to the daemon with `address-mode always`."
      : "The daemon tries again every few seconds; its log says why it cannot. It needs CAP_NET_ADMIN, and \(service.device) must exist."
    return finding(
      .error, .addressMissing,
      "\(address.address) is not on \(service.device), where \(who), and is therefore not advertised"
        + "\(address.withheldReason.map { ": \($0)" } ?? "").",
      advice: advice)
  }

  private func withheld(_ address: ServiceAddressReport) -> Finding? {
    if let drain = address.drain {
      return finding(
        .warning, .serviceDrained,
        "\(address.address) is drained by itself\(drain.reason.map { " (\($0))" } ?? "")\(end(of: drain)).",
        advice: "`anycastctl undrain \(address.address)` ends it.")
    }
    guard isServing, !address.advertised, let reason = address.withheldReason else { return nil }
    let (kind, advice) = Self.advice(for: address.withheldCause, address.address)
    return finding(
      .error, kind, "The service is \(service.state), and \(address.prefix) is not advertised: \(reason).", advice: advice)
  }

  private static func advice(for cause: ServiceAddressReport.WithheldCause?, _ address: String) -> (Finding.Kind, advice: String)
  {
    switch cause {
    case .instance:
      let version = address.contains(":") ? "OSPFv3 (`ipv6 ospf6 area`)" : "OSPFv2 (`ip ospf area`)"
      return (.noInstanceForFamily, "Configure \(version) on the uplink, with a router ID.")
    case .area:
      return (
        .notAdvertisable,
        "A stub area takes no external prefix: use `advertise stub` in the service, or make the area an NSSA on every router of it."
      )
    case .conflict: return (.prefixConflict, "Two services have the same prefix: remove it from one of them.")
    case nil: return (.serviceWithheld, "`anycastctl services` shows the reason as it changes.")
    }
  }

  // MARK: - The routers

  /// The instances that advertise an address.
  private func carriers(of address: ServiceAddressReport) -> [InstanceReport] {
    reports.status.instances.filter { $0.advertisements.contains { $0.prefix == address.prefix } }
  }

  private var unheard: [Finding] {
    let advertised = service.addresses.filter(\.advertised)
    let lonely = advertised.filter { address in carriers(of: address).allSatisfy { $0.adjacencyCount == 0 } }
    guard !lonely.isEmpty else { return [] }
    return [
      finding(
        .error, .advertisedToNobody,
        "\(lonely.map(\.prefix).joined(separator: ", ")) would be advertised, and no neighbor is Full: no router has a route to it.",
        advice: "What keeps the routers away is said at the interfaces.")
    ]
  }

  /// An advertisement that is younger than this is on its way.
  private static let acknowledgmentSeconds = 10.0

  private func unacknowledged(_ address: ServiceAddressReport) -> Finding? {
    guard address.advertised, !address.acknowledged else { return nil }
    let adjacent = Set(carriers(of: address).filter { $0.adjacencyCount > 0 }.map { $0.protocol.title($0.addressFamily) })
    guard !adjacent.isEmpty else { return nil }
    let slow = reports.neighbors.filter {
      $0.state == .full && $0.retransmissionCount > 0 && adjacent.contains($0.protocol.title($0.addressFamily))
    }
    let age = Double(Timestamp.now.millisecondsSince1970 - service.since.millisecondsSince1970) / 1000
    let who = slow.map { "\($0.name) on \($0.interface) (\(Phrases.count($0.retransmissionCount, "LSA")))" }
    return finding(
      age < Self.acknowledgmentSeconds ? .note : .warning, .notAcknowledged,
      "\(address.prefix) is advertised, and not acknowledged by "
        + (who.isEmpty ? "every adjacent neighbor" : who.joined(separator: ", ")) + ".",
      advice:
        "It is repeated until it is. If it stays, updates are lost on the way, or the router discards them: its log says why.")
  }
}
