import OSPFProtocol
import OSPFTestSupport
import OSPFWire
import ProbeWire

/// Work whose instructions are counted. Everything in it is fixed: what is read and written, the seeds, and the times.
enum FixedReplay: String, CaseIterable {
  /// The database exchange with a neighbor that has 20,000 external LSAs.
  case externals = "externals-in"
  /// The same in OSPFv3, with 5,000.
  case externalsOfOSPFv3 = "externals-in-ospfv3"
  /// 2,000 addresses are announced, and withdrawn.
  case services = "services-out"
  /// 1,000 Hellos come, and as many go.
  case hellos = "hellos"
  /// 1,000 queries of a `dns` check and their answers.
  case dnsMessages = "dns-messages"

  /// What is to be done, with everything that goes before it done.
  func prepared() throws -> () -> Void {
    switch self {
    case .externals: try externalsIn(.ospfv2, count: 20_000).play
    case .externalsOfOSPFv3: try externalsIn(.ospfv3, count: 5_000).play
    case .services: try servicesOut(count: 2_000).play
    case .hellos: try thousandHellos().play
    case .dnsMessages: try dnsExchange()
    }
  }

  private func hostRoutes(_ count: Int, _ instance: ProtocolInstance) -> [Advertisement] {
    (0..<count).map { index in
      instance.translate(
        .external(.v4(IPv4Prefix(IPv4Address(rawValue: 0x6440_0000 + UInt32(index)), length: 32))))
    }
  }

  private func externalsIn(_ instance: ProtocolInstance, count: Int) throws -> Recording {
    var pair = RecordedPair(instance)
    pair.advertise(hostRoutes(count, instance), from: 1)
    pair.run(for: .seconds(120))
    guard pair.learned >= count else { throw TestFailure("\(pair.learned) of \(count) LSAs were learned") }
    return pair.recording
  }

  private func servicesOut(count: Int) throws -> Recording {
    var pair = RecordedPair(.ospfv2)
    pair.run(for: .seconds(60))
    pair.advertise(hostRoutes(count, .ospfv2), from: 0)
    pair.run(for: .seconds(60))
    guard pair.taught >= count else { throw TestFailure("\(pair.taught) of \(count) LSAs were taught") }
    pair.advertise([], from: 0)
    pair.run(for: .seconds(60))
    guard pair.taught < 10 else { throw TestFailure("\(pair.taught) LSAs are left") }
    return pair.recording
  }

  private func thousandHellos() throws -> Recording {
    var pair = RecordedPair(.ospfv2)
    pair.run(for: .seconds(10_000))
    guard pair.taught == 1 else { throw TestFailure("the engines are not adjacent") }
    return pair.recording
  }

  private func dnsExchange() throws -> () -> Void {
    guard let query = DNSQuery(name: "www.example.net", type: 1, dnssec: false, identifier: 0x5353) else {
      throw TestFailure("no domain name")
    }
    // The query as an answer with one A record that points to the name in the question.
    var answer = Array(query.bytes[..<12]) + query.bytes[12...].prefix { $0 != 0 } + [0, 0, 1, 0, 1]
    answer.replaceSubrange(2..<12, with: [0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0])
    answer += [0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 53]
    guard try DNSAnswer(answer, to: query).records == [[192, 0, 2, 53]] else {
      throw TestFailure("the answer is not as it was made")
    }
    return { [answer] in
      for _ in 0..<1000 {
        guard let query = DNSQuery(name: "www.example.net", type: 1, dnssec: false, identifier: 0x5353) else { continue }
        _ = try? DNSAnswer(answer, to: query)
      }
    }
  }
}
