import AnycastPolicy
import OSPFWire

/// A probe of anycast addresses, which passes only while this host has them: elsewhere another node would answer, and its answer would
/// say nothing about this one.
struct HostProbe: Probe {
  let probe: any Probe
  let addresses: [IPAddress]
  /// Whether this host has an address, as its routing says.
  let isOnHost: @Sendable (IPAddress) -> Bool

  func run() async -> Verdict {
    if let stranger = addresses.first(where: { !isOnHost($0) }) { return Self.refusal(stranger) }
    let verdict = await probe.run()
    // One that has gone in the meantime may have been answered by another node.
    guard !verdict.isFailing, let stranger = addresses.first(where: { !isOnHost($0) }) else { return verdict }
    return Self.refusal(stranger)
  }

  private static func refusal(_ address: IPAddress) -> Verdict {
    .failing(reason: "\(address) is not on this host, where only this node would answer")
  }
}

/// The probe of a check that has nobody to ask: none of the addresses that it would ask is on this host.
struct NobodyProbe: Probe {
  let addresses: [IPAddress]

  func run() async -> Verdict {
    let names = addresses.map(\.description).joined(separator: ", ")
    return .failing(reason: addresses.isEmpty ? "the service has no address to check" : "not on this host: \(names)")
  }
}
