import FoundationEssentials
import LabHarness
import PacketCapture
import Testing

extension LabTests {
  @Suite("anycastctl capture")
  struct CaptureTests {
    private static let tool = AnycastDaemon.programs + "/anycastctl"

    @Test("Packets are printed as they come, and INT ends it in order")
    func live() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .bird)
        let capture = try await uplink.node.start("capture", [Self.tool, "capture", "eth0", "--json", "--type", "hello"])
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        try await eventually("a Hello is printed") { capture.output.contains("}\n") }
        capture.signal(.interrupt)
        #expect(await capture.status?.isSuccess == true)
        #expect(capture.output.split(separator: "\n").allSatisfy { $0.hasPrefix("{") && $0.contains(#""type":"hello""#) })
        #expect(capture.output.contains(#""routerID":"\#(Uplink.routerID)""#))
      }
    }

    @Test("What is written to a file is read back, frame for frame; TERM ends it in order too")
    func file() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .bird)
        let file = uplink.node.directory + "/captured.pcap"
        let capture = try await uplink.node.start("capture", [Self.tool, "capture", "eth0", "-w", file])
        try await uplink.router.start(.init(routerID: Uplink.routerID))
        try await eventually("packets are in the file") { (try? CaptureReader.read(path: file).datagrams.count) ?? 0 > 2 }
        capture.signal(.terminate)
        #expect(await capture.status?.isSuccess == true)
        #expect(capture.output == "")
        let (datagrams, unreadable) = try CaptureReader.read(path: file)
        #expect(unreadable.isEmpty)
        let gateway = uplink.routerGateway
        #expect(datagrams.allSatisfy { [gateway.ipv4, gateway.ipv6].contains($0.source.description) })
        let decoded = try await uplink.node.attempt([Self.tool, "decode", file])
        #expect(decoded.status.isSuccess)
        #expect(decoded.output.split(separator: "\n").count == datagrams.count)
      }
    }

    @Test("An interface that is not there, and a user who may not, are told so")
    func refusals() async throws {
      try await Lab.with { lab in
        let host = try await lab.host("node")
        let missing = try await host.attempt([Self.tool, "capture", "eth9"])
        #expect(missing.status == .exited(1))
        #expect(missing.errorOutput == "anycastctl: eth9: there is no such interface\n")
        let unprivileged = try await host.attempt([
          "setpriv", "--reuid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", Self.tool, "capture", "lo",
        ])
        #expect(unprivileged.status == .exited(1))
        #expect(
          unprivileged.errorOutput == "anycastctl: lo: not permitted: capturing needs root or the capability CAP_NET_RAW\n")
      }
    }
  }
}
