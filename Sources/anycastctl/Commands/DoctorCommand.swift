import ArgumentParser
import ControlAPI
import Diagnosis
import OSPFWire

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "What is wrong between here and the routers, in sentences.",
    discussion: """
      Looks at the daemon's interfaces, neighbors, services and checks, and at what on the host can stand in the way: sockets, \
      packet filters, sysctls. Asks the links by ARP whether another host has our addresses. The exit status is 0 only if nothing \
      is wrong. Only root sees everything.
      """)

  @Flag(name: .long, help: "The findings as JSON with stable keys: severity, subject, kind, message, advice.")
  var json = false

  @OptionGroup var socket: SocketOptions

  func run() async throws {
    let diagnosis = Diagnosis(await Self.observe(socket.client))
    if json {
      print(try JSONCoding.encodeIndented(diagnosis.findings))
    } else {
      Terminal.standardOutput.show(Self.render(diagnosis))
    }
    guard diagnosis.isWell else { throw ExitCode(1) }
  }

  static func observe(_ client: ControlClient) async -> Observation {
    do {
      let reports = DaemonReports(
        status: try await client.status(), interfaces: try await client.interfaces(), neighbors: try await client.neighbors(),
        services: try await client.services(), checks: try await client.checks(),
        redistribution: try await client.redistribution())
      var reader = HostFactsReader(processID: reports.status.processID)
      let addresses = reports.interfaces.filter { $0.protocol == .ospfV2 }.compactMap { interface in
        interface.address.flatMap { IPv4Address($0) }.map { (device: interface.interface, address: $0) }
      }
      return Observation(daemon: .success(reports), host: await reader.read(addresses: addresses))
    } catch {
      return Observation(daemon: .failure(DaemonSilence(reason: "\(error)")), host: HostFacts())
    }
  }

  static func render(_ diagnosis: Diagnosis) -> String {
    let findings = diagnosis.findings.map { finding in
      let advice = finding.advice.isEmpty ? "" : "\n  -> \(finding.advice)"
      return "\(finding.severity.rawValue): \(finding.subject): \(finding.message)\(advice)"
    }
    guard diagnosis.isWell else { return findings.joined(separator: "\n") }
    return (["Everything is well."] + diagnosis.summary.map { "  \($0)" } + findings).joined(separator: "\n")
  }
}
