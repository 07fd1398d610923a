import ControlAPI
import Diagnosis
import Testing

@Suite("What keeps a service from being advertised")
struct ServiceDiagnosisTests {
  private func service(_ change: (inout ServiceReport) -> Void) -> HandMade {
    var made = HandMade()
    change(&made.reports.services[0])
    return made
  }

  /// The check fails, and nothing is advertised.
  private var failing: HandMade {
    var made = service {
      ($0.state, $0.reason, $0.passingChecks) = (.down, "check dns failed", 0)
      ($0.addresses[0].advertised, $0.addresses[0].acknowledged) = (false, false)
      $0.addresses[0].withheldReason = "check dns failed"
    }
    made.reports.checks[0].state = .failing
    made.reports.checks[0].consecutiveFailures = 61
    made.reports.checks[0].lastResult = "no answer within 500ms"
    made.reports.checks[0].lastFinishedAt = Timestamp(millisecondsSince1970: 60_000)
    return made
  }

  @Test("A failing check: how often, since when, and what it said; the service that is down for it is not said twice")
  func check() throws {
    let findings = failing.findings
    #expect(findings.map(\.kind) == [.checkFailing])
    let message = try #require(findings.first?.message)
    #expect(message.contains("61 times in a row, since about 1970-01-01T00:00:00"))
    #expect(message.contains(": no answer within 500ms."))
    #expect(message.contains("192.0.2.53/32 is not advertised"))
  }

  @Test("A failing check of a service that stays up is a warning")
  func requireAny() {
    var made = failing
    made.reports.services[0] = HandMade().reports.services[0]
    made.reports.services[0].require = "any"
    #expect(made.findings.map(\.kind) == [.checkFailing])
    #expect(made.findings.map(\.severity) == [.warning])
  }

  @Test("While a check fails, it is said which of its ports nobody listens on")
  func listening() {
    var made = failing
    made.host.listeners = [.init(.udp, "0.0.0.0", port: 443)]
    made.reports.checks[0].ports = [.init(.tcp, 80), .init(.tcp, 443)]
    let deaf = made.findings.filter { $0.kind == .nothingListens }
    #expect(deaf.count == 2)
    for (finding, port) in zip(deaf, ["TCP port 80", "TCP port 443"]) { #expect(finding.message.contains(port)) }
    made.reports.checks[0].state = .passing
    #expect(!made.findings.contains { $0.kind == .nothingListens })
  }

  @Test(
    "Somebody listens when a socket is bound to the address or to all",
    arguments: [
      ("0.0.0.0", 53, true), ("192.0.2.53", 53, true), ("::", 53, true), ("::ffff:192.0.2.53", 53, true),
      ("192.0.2.54", 53, false),
      ("0.0.0.0", 54, false), ("::1", 53, false),
    ] as [(String, UInt16, Bool)])
  func bound(address: String, port: UInt16, isServed: Bool) {
    var made = failing
    made.host.listeners = [.init(.udp, .init(stringLiteral: address), port: port), .init(.tcp, "192.0.2.53", port: 53)]
    #expect(made.findings.contains { $0.kind == .nothingListens } == !isServed)
  }

  @Test("A server on another address only is named")
  func elsewhere() {
    var made = failing
    made.host.listeners = [.init(.udp, "127.0.0.1", port: 53)]
    #expect(made.findings.contains { $0.message.hasSuffix("Somebody listens on that port of 127.0.0.1.") })
  }

  @Test("Drained, suspended and shut down are three different things")
  func held() {
    let drained = service {
      ($0.state, $0.reason) = (.drained, "maintenance")
      $0.drain = DrainReport(reason: "maintenance", until: Timestamp(millisecondsSince1970: 0))
      ($0.addresses[0].advertised, $0.addresses[0].withheldReason) = (false, "maintenance")
    }
    #expect(drained.findings.map(\.kind) == [.serviceDrained])
    #expect(drained.findings.first?.message.contains("it ends at 1970-01-01T00:00:00") == true)
    let suspended = service {
      ($0.state, $0.reason, $0.addresses[0].advertised) = (.suspended, "checks are suspended", false)
    }
    #expect(suspended.findings.map(\.kind) == [.serviceSuspended])
    let shutdown = service {
      ($0.state, $0.reason, $0.addresses[0].advertised) = (.down, "shutdown in the configuration", false)
      $0.shutdown = true
      $0.addresses[0].present = false
    }
    #expect(shutdown.findings.map(\.kind) == [.serviceShutdown])
    #expect(shutdown.diagnosis.isWell)
  }

  @Test(
    "An address that is missing is said where somebody was to put it there",
    arguments: [
      (.always, .down, true), (.present, .up, true), (.healthy, .up, true), (.healthy, .down, false), (.none, .up, false),
    ] as [(AddressModeName, ServiceStateName, Bool)])
  func missing(mode: AddressModeName, state: ServiceStateName, isSaid: Bool) {
    let made = service {
      ($0.addressMode, $0.state, $0.addresses[0].present, $0.addresses[0].advertised) = (mode, state, false, false)
      $0.addresses[0].withheldReason = mode == .none ? nil : "not on lo"
    }
    #expect(made.findings.map(\.kind) == (isSaid ? [.addressMissing] : []))
  }

  @Test("An IPv6 address that duplicate address detection keeps from being used is there, and is missing")
  func tentative() {
    var made = service {
      $0.addresses[0].address = "2001:db8::53"
      ($0.addresses[0].present, $0.addresses[0].advertised) = (false, false)
    }
    made.host.ipv6Addresses = [.init(.documentation, device: "lo", isTentative: true)]
    #expect(made.findings.map(\.kind) == [.addressTentative])
  }

  @Test(
    "A prefix that is withheld while the service is up, and why",
    arguments: [
      (.instance, .noInstanceForFamily), (.area, .notAdvertisable), (.conflict, .prefixConflict), (nil, .serviceWithheld),
    ] as [(ServiceAddressReport.WithheldCause?, Finding.Kind)])
  func withheld(cause: ServiceAddressReport.WithheldCause?, kind: Finding.Kind) {
    let reason = "the daemon says why"
    let made = service {
      ($0.addresses[0].advertised, $0.addresses[0].withheldReason, $0.addresses[0].withheldCause) = (false, reason, cause)
    }
    #expect(made.findings.map(\.kind) == [kind])
    #expect(made.findings.first?.message.contains("192.0.2.53/32 is not advertised: \(reason)") == true)
  }

  @Test("Advertised, and no neighbor is Full")
  func toNobody() {
    var made = HandMade()
    made.reports.status.instances[0].adjacencyCount = 0
    #expect(made.findings.map(\.kind) == [.advertisedToNobody])
  }

  @Test("Advertised and not acknowledged: by whom, and only when it is not on its way")
  func unacknowledged() {
    var made = service { $0.addresses[0].acknowledged = false }
    made.reports.neighbors[0].retransmissionCount = 3
    #expect(made.findings.map(\.kind) == [.notAcknowledged])
    #expect(made.findings.map(\.severity) == [.warning])
    #expect(made.findings.first?.message.contains("192.0.2.1 (10.0.0.1) on eth0 (3 LSAs)") == true)
    made.reports.services[0].since = .now
    #expect(made.findings.map(\.severity) == [.note])
  }

  @Test("A service that is held down because it flaps, and one whose check is degraded")
  func dampedAndDegraded() {
    let damped = service {
      ($0.state, $0.reason, $0.addresses[0].advertised) = (.damped, "changed its state 5 times in 60s", false)
      $0.heldDownUntil = Timestamp(millisecondsSince1970: 0)
    }
    #expect(damped.findings.map(\.kind) == [.serviceDamped])
    let lastResort = service {
      ($0.state, $0.reason, $0.addressMode) = (.lastResort, "check dns failed 3 times: timeout", .healthy)
    }
    #expect(lastResort.findings.map(\.kind) == [.serviceLastResort])
    #expect(damped.findings.first?.message.contains("until 1970-01-01T00:00:00") == true)
    var degraded = service { ($0.state, $0.addresses[0].metric) = (.degraded, 1000) }
    degraded.reports.checks[0].state = .degraded
    degraded.reports.checks[0].lastResult = "one of two disks"
    #expect(degraded.findings.map(\.kind) == [.checkDegraded])
    #expect(degraded.findings.map(\.severity) == [.warning])
    #expect(
      degraded.findings.first?.message.contains(": one of two disks. The service is degraded, and advertised with metric 1000.")
        == true)
    // It is advertised all the same, and whatever keeps it from that is said.
    degraded.reports.services[0].addresses[0].advertised = false
    degraded.reports.services[0].addresses[0].withheldReason = "no area takes it the way it is configured"
    degraded.reports.services[0].addresses[0].withheldCause = .area
    #expect(Set(degraded.findings.map(\.kind)) == [.checkDegraded, .notAdvertisable])
  }

  @Test("A service without a check is worth a note; a check that is not decided is a warning")
  func unchecked() {
    let made = service { $0.checkCount = 0 }
    var unchecked = made
    unchecked.reports.checks = []
    #expect(unchecked.findings.map(\.kind) == [.serviceUnchecked])
    #expect(unchecked.diagnosis.isWell)
    var pending = HandMade()
    pending.reports.checks[0].state = .unknown
    #expect(pending.findings.map(\.kind) == [.checkPending])
  }
}
