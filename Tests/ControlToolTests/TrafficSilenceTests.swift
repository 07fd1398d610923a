import ControlAPI
import Testing

@testable import anycastctl

@Suite("Waiting until no traffic comes")
struct TrafficSilenceTests {
  private func service(
    _ state: ServiceStateName = .drained, packets: UInt64?, connections: Int = 0, advertised: Bool = false
  ) -> ServiceReport {
    var address = ServiceAddressReport(
      address: "192.0.2.53", prefix: "192.0.2.53/32", advertised: advertised, metric: nil, withheldReason: nil,
      acknowledged: false, present: true, drain: nil)
    address.traffic = packets.map { TrafficReport(packets: $0, octets: $0 * 60, connections: connections) }
    return ServiceReport(
      name: "dns", description: nil, state: state, reason: "", since: .now, addresses: [address], addressMode: .always,
      device: "lo", passingChecks: 0, checkCount: 0, require: "all", drain: nil)
  }

  /// Looks once a second at services that are like this.
  private func silence(below rate: String? = nil, _ looks: [ServiceReport]) throws -> TrafficSilence {
    var silence = try TrafficSilence(of: ["dns"], [service(packets: 0)], below: rate.flatMap { PacketRate(argument: $0) })
    let start = ContinuousClock.now
    for (second, report) in looks.enumerated() { silence.look(at: [report], seconds: start + .seconds(second)) }
    return silence
  }

  @Test("it is silent when for three seconds nothing has come")
  func silent() throws {
    let quiet = Array(repeating: service(packets: 7), count: 4)
    #expect(try silence(quiet).isSilent)
    #expect(try silence(quiet).sentence == "no more traffic: 0 packets per second and 0 connections")
    #expect(try !silence(Array(quiet.dropLast())).isSilent)
    #expect(try !silence(quiet.dropLast() + [service(packets: 8)]).isSilent)
  }

  @Test("fewer packets than the given rate are no traffic")
  func rate() throws {
    let trickle = (0..<5).map { service(packets: UInt64($0) * 9) }
    #expect(try silence(below: "10/s", trickle).isSilent)
    #expect(try !silence(below: "9", trickle).isSilent)
    #expect(try !silence(trickle).isSilent)
  }

  @Test("a connection, an advertisement and a withdrawal that is not acknowledged are none")
  func obstacles() throws {
    #expect(try !silence(Array(repeating: service(packets: 7, connections: 1), count: 5)).isSilent)
    #expect(try !silence(Array(repeating: service(packets: 7, advertised: true), count: 5)).isSilent)
    #expect(try !silence(Array(repeating: service(.draining, packets: 7), count: 5)).isSilent)
    #expect(try !silence(Array(repeating: service(packets: nil), count: 5)).isSilent, "the counter is lost")
  }

  @Test("where nothing is counted it is refused, and what is no rate is none")
  func refused() {
    #expect(throws: ControlClientError.self) { try TrafficSilence(of: [], [service(packets: nil)], below: nil) }
    #expect(PacketRate(argument: "0") == nil && PacketRate(argument: "5/m") == nil && PacketRate(argument: "/s") == nil)
  }
}
