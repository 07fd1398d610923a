import ControlAPI
import Diagnosis
import Testing

@Suite("Packets that are refused: which field, both values, by whom")
struct RefusalDiagnosisTests {
  private func refused(_ kind: RefusalKind, theirs: String? = "5", ours: String? = "10", lastSeconds: Double = 1) -> HandMade {
    var made = HandMade.lonely
    made.reports.interfaces[0].reception = ReceptionReport(
      lastHeardSeconds: 1,
      refusals: [
        RefusalReport(
          source: "10.0.0.1", kind: kind, reason: "the field is \(theirs ?? "") there and \(ours ?? "") here", theirs: theirs,
          ours: ours, count: 12, firstSeconds: 60, lastSeconds: lastSeconds)
      ])
    return made
  }

  @Test(
    "Every refusal that keeps two routers apart has a kind of its own",
    arguments: [
      (.helloIntervalMismatch, .helloIntervalMismatch), (.routerDeadIntervalMismatch, .routerDeadIntervalMismatch),
      (.areaMismatch, .areaMismatch), (.networkMaskMismatch, .networkMaskMismatch), (.sourceNotOnSubnet, .subnetMismatch),
      (.authenticationTypeMismatch, .authenticationMismatch), (.authenticationFailed, .authenticationMismatch),
      (.authenticationKeyUnknown, .authenticationMismatch), (.authenticationKeyNotInForce, .authenticationMismatch),
      (.authenticationProtocolIDOrder, .authenticationMismatch), (.cryptographicSequenceNumberTooLow, .authenticationMismatch),
      (.externalRoutingCapabilityMismatch, .areaKindMismatch),
      (.nssaCapabilityMismatch, .areaKindMismatch), (.instanceMismatch, .instanceIDMismatch),
      (.addressFamilyMismatch, .addressFamilyMismatch), (.ownRouterID, .duplicateRouterID), (.malformed, .malformedPackets),
      (.limit, .limitReached), (.timeToLiveTooLow, .ttlSecurityMismatch),
    ] as [(RefusalKind, Finding.Kind)])
  func kinds(refusal: RefusalKind, kind: Finding.Kind) throws {
    let findings = refused(refusal).findings
    #expect(findings.map(\.kind) == [kind])
    #expect(findings.map(\.severity) == [.error])
    let message = try #require(findings.first?.message)
    #expect(message.hasPrefix("12 packets from 10.0.0.1 were refused, the last one 1 s ago: the field is 5 there and 10 here."))
    #expect(findings.first?.advice.isEmpty == false)
  }

  @Test("The advice is the line of the configuration", arguments: [ProtocolName.ospfV2, .ospfV3])
  func advice(protocol: ProtocolName) {
    var made = refused(.helloIntervalMismatch)
    made.reports.interfaces[0].protocol = `protocol`
    let line = `protocol` == .ospfV2 ? "`ip ospf hello-interval 5`" : "`ipv6 ospf6 hello-interval 5`"
    #expect(made.findings.contains { $0.advice.contains(line) })
  }

  @Test(
    "What passes by itself, or is meant for others, is not said",
    arguments: [
      .unknownNeighbor, .neighborStateTooLow, .destinationNotForUs, .interfaceNotActive, .noSuchInterface,
    ] as [RefusalKind])
  func silent(refusal: RefusalKind) {
    var made = HandMade()
    made.reports.interfaces[0].reception = refused(refusal).reports.interfaces[0].reception
    #expect(made.findings.isEmpty)
  }

  @Test("A refusal is over when its router has become a neighbor since, or has not sent such a packet for long")
  func past() {
    #expect(refused(.areaMismatch, lastSeconds: 39).findings.map(\.kind) == [.areaMismatch])
    #expect(refused(.areaMismatch, lastSeconds: 41).findings.map(\.kind) == [.neighborForming])
    // Its Hellos come once in 30 seconds.
    #expect(refused(.helloIntervalMismatch, theirs: "30", lastSeconds: 100).findings.map(\.kind) == [.helloIntervalMismatch])

    var made = refused(.areaMismatch, lastSeconds: 4)
    made.reports.neighbors = [HandMade.neighbor]
    made.reports.interfaces[0].designatedRouter = "10.0.0.1"
    made.reports.neighbors[0].deadSeconds = 37
    #expect(made.findings.isEmpty)
    made.reports.neighbors[0].deadSeconds = 35
    #expect(made.findings.map(\.kind) == [.areaMismatch])
    #expect(made.findings.map(\.severity) == [.warning])
  }

  @Test("Another Instance ID on a link where we have a neighbor belongs to others")
  func instance() {
    var made = refused(.instanceMismatch)
    made.reports.neighbors = [HandMade.neighbor]
    made.reports.neighbors[0].deadSeconds = 1
    #expect(made.findings.isEmpty)
  }
}
