import AnycastPolicy
import Configuration
import OSPFWire
import ProbeWire

/// The probe of a service whose addresses come only when it passes. In their place the loopback is asked, except where the server listens on
/// the absent addresses by name (Linux allows that with IP_FREEBIND): on the loopback nobody, or another server, would answer then. That it
/// listens is enough for the addresses to come; they are asked as soon as they are there, and advertised only when they answer.
struct AwaitedAddressProbe: Probe {
  let targets: [IPAddress]
  /// The addresses in whose place the loopback is among the targets.
  let awaited: [IPAddress]
  /// Where the server listens.
  let ports: [CheckedPort]
  /// Where the kernel's tables are.
  var tables = "/proc/self/net"
  /// The probe of those targets that are to be asked.
  let probe: @Sendable ([IPAddress]) -> any Probe

  /// The most that is read of a table, in octets: some 25,000 sockets. Of TCP's the kernel shows those first that listen.
  static let longestTable = 4 << 20

  func run() async -> Verdict {
    let named = await addressesListenedOn()
    let families = Set(awaited.filter { !named.contains($0) }.map(\.loopbackOfFamily))
    let standIns = Set(awaited.map(\.loopbackOfFamily))
    let remaining = targets.filter { !standIns.contains($0) || families.contains($0) }
    guard remaining.isEmpty else { return await probe(remaining).run() }
    let names = awaited.map(\.description).joined(separator: ", ")
    return .passing(detail: "a server listens on \(names), which is not there yet")
  }

  /// The awaited addresses that have a listener of their own on every port.
  private func addressesListenedOn() async -> Set<IPAddress> {
    guard !ports.isEmpty else { return [] }
    var listeners: [CheckedPort.Transport: [SocketTable.Socket]] = [:]
    for transport in Set(ports.map(\.transport)) {
      let name = transport == .tcp ? "tcp" : "udp"
      for table in [name, name + "6"] {
        // What cannot be read shows no listener, and the loopback is asked.
        guard let text = try? await HostFile.contents(of: "\(tables)/\(table)", limit: Self.longestTable) else { continue }
        listeners[transport, default: []] += SocketTable(String(decoding: text, as: UTF8.self)).listeners(
          transport == .tcp ? .tcp : .udp)
      }
    }
    return Set(
      awaited.filter { address in
        ports.allSatisfy { port in
          (listeners[port.transport] ?? []).contains { $0.address == address && $0.port == port.port }
        }
      })
  }
}
