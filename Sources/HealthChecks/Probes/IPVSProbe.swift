import AnycastPolicy
import Configuration
import OSPFWire
import ProbeWire

/// Counts the real servers with a weight above zero that the kernel has for a virtual one.
struct IPVSProbe: Probe {
  let check: IPVSCheck
  let addresses: [IPAddress]
  /// The kernel's table.
  var table = "/proc/net/ip_vs"

  /// The longest table that is read, in octets: some 50,000 real servers.
  static let longestTable = 4 << 20

  func run() async -> Verdict {
    do {
      let table = try IPVSTable(try await HostFile.contents(of: table, limit: Self.longestTable))
      return await verdict(ofAll: addresses) { address in ("\(address) port \(check.port)", failure(of: address, in: table)) }
    } catch let failure as HostFile.Failure {
      return .failing(reason: "\(failure): the kernel has no IPVS, or its module ip_vs is not loaded")
    } catch {
      return .failing(reason: "\(table): \(error)")
    }
  }

  private func failure(of address: IPAddress, in table: IPVSTable) -> String? {
    guard let service = table.service(address, port: check.port, transport: check.transport.rawValue.uppercased()) else {
      return "no such virtual service for \(check.transport.rawValue)"
    }
    let usable = service.weights.count { $0 > 0 }
    guard usable < check.minimum else { return nil }
    return "\(usable) of \(service.weights.count) real servers have a weight above zero, \(check.minimum) wanted"
  }
}
