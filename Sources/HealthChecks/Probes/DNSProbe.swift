import AnycastPolicy
import Configuration
import NIOCore
import OSPFWire
import ProbeWire

/// Asks each server, and compares the answer with what is expected.
struct DNSProbe: Probe {
  let check: DNSCheck
  let servers: [IPAddress]
  let eventLoop: any EventLoop

  private enum Transport: String, Sendable {
    case udp, tcp
  }

  func run() async -> Verdict {
    guard let type = DNSMnemonic.recordType(check.type) else {
      return .failing(reason: "unknown record type '\(check.type)'")
    }
    let attempts = servers.flatMap { server in transports.map { (server: server, transport: $0) } }
    return await verdict(ofAll: attempts) { attempt in
      let suffix = attempt.transport == .tcp ? " tcp" : transports.count > 1 ? " udp" : ""
      return ("\(attempt.server)\(suffix)", await failure(asking: attempt.server, over: attempt.transport, type: type))
    }
  }

  private var transports: [Transport] {
    switch check.transport {
    case .udp: [.udp]
    case .tcp: [.tcp]
    case .both: [.udp, .tcp]
    }
  }

  private func failure(asking server: IPAddress, over transport: Transport, type: UInt16) async -> String? {
    guard let query = DNSQuery(name: check.name, type: type, dnssec: check.isValidated) else {
      return "'\(check.name)' is no domain name"
    }
    let exchange = MessageExchange(request: query.bytes, eventLoop: eventLoop) { message throws(MessageRefusal) in
      try DNSAnswer(message, to: query)
    }
    do {
      return mismatch(of: try await answer(of: exchange, from: try server.socketAddress(port: check.port), over: transport))
    } catch {
      return socketFailure(error)
    }
  }

  /// A truncated answer is asked for again over TCP (RFC 7766 section 5), within the same timeout.
  private func answer(
    of exchange: MessageExchange<DNSAnswer>, from server: SocketAddress, over transport: Transport
  ) async throws -> DNSAnswer {
    switch transport {
    case .tcp: return try await exchange.overTCP(to: server)
    case .udp:
      let answer = try await exchange.overUDP(to: server)
      return answer.isTruncated ? try await exchange.overTCP(to: server) : answer
    }
  }

  /// What is wrong with an answer; nil when it is the expected one.
  func mismatch(of answer: DNSAnswer) -> String? {
    let received = DNSMnemonic.name(ofResponseCode: answer.responseCode)
    let wanted = wantedResponseCode
    guard received == wanted else { return "\(received), expected \(wanted)" }
    guard answer.isAuthenticData || !check.isValidated else {
      return "\(received) without the AD flag: the answer is not validated"
    }
    switch check.expectation {
    case .nxdomain, .rcode: return nil
    case .any: return answer.records.isEmpty ? "\(received) without a record of type \(check.type)" : nil
    case .address(let address):
      guard !answer.records.contains(address.octets) else { return nil }
      let others = answer.records.prefix(4).compactMap { IPAddress(octets: $0)?.description }.joined(separator: ", ")
      return "answered \(others.isEmpty ? "without an address" : others), expected \(address)"
    }
  }

  private var wantedResponseCode: String {
    switch check.expectation {
    case .any, .address: "NOERROR"
    case .nxdomain: "NXDOMAIN"
    case .rcode(let code): code
    }
  }
}

extension IPAddress {
  /// The address as an A or AAAA record has it.
  fileprivate var octets: [UInt8] {
    switch self {
    case .v4(let address): [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: address.rawValue >> $0) }
    case .v6(let address): address.octets
    }
  }

  /// Reads the data of an A or AAAA record.
  fileprivate init?(octets: [UInt8]) {
    if octets.count == 4 {
      self = .v4(IPv4Address(octets[0], octets[1], octets[2], octets[3]))
    } else if let address = IPv6Address(octets: octets) {
      self = .v6(address)
    } else {
      return nil
    }
  }
}
