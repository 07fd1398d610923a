import ControlAPI
import LabHarness
import Testing

/// Faults of a host that has too much to do.
extension LabTests.FaultTests {
  /// Verifies that no adjacency has changed, and that no neighbor has waited for the dead interval.
  private func expectPunctual(_ audit: PacketAudit, _ daemon: AnycastDaemon, _ before: [Int], _ what: String) async throws {
    #expect(try await isFull(daemon))
    #expect(try await changes(daemon) == before, "an adjacency was lost: \(daemon.log)")
    try await audit.finishPunctual(what, within: .seconds(10))
  }

  @Test("Eight busy loops at a higher priority cost no adjacency")
  func busyLoops() async throws {
    try await Lab.with(.whole) { lab in
      let (uplink, daemon) = try await announced(lab, routerDeadInterval: 10)
      let before = try await changes(daemon)
      let audit = try await PacketAudit(of: uplink.node)
      var loops: [BackgroundProcess] = []
      for number in 1...8 {
        loops.append(
          try await uplink.node.start("loop\(number)", ["nice", "-n", "-10", "timeout", "20", "sh", "-c", "while :; do :; done"]))
      }
      try await eventually("the loops are over") { loops.allSatisfy { !$0.isRunning } }
      try await expectPunctual(audit, daemon, before, "beside eight busy loops")
      try await uplink.awaitService()
    }
  }

  @Test("Ten thousand requests, as fast as the control socket takes them, cost no adjacency, and all are answered")
  func requests() async throws {
    try await Lab.with(.whole) { lab in
      let (uplink, daemon) = try await announced(lab, routerDeadInterval: 10)
      let before = try await changes(daemon)
      let memory = try daemon.privateMemory()
      let audit = try await PacketAudit(of: uplink.node)
      let clock = ContinuousClock()
      let start = clock.now
      var clients: [BackgroundProcess] = []
      for (number, path) in ["status", "services", "neighbors", "interfaces"].enumerated() {
        clients.append(
          try await uplink.node.start(
            "client\(number)",
            [
              "curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}\\n", "--unix-socket",
              uplink.node.directory + "/control.sock", "http://localhost/v1/\(path)#[1-2500]",
            ]))
      }
      try await eventually("every request is answered", within: .seconds(300)) { clients.allSatisfy { !$0.isRunning } }
      print("requests to the control socket in a second: \(10_000 / ((clock.now - start) / .seconds(1)))")
      for client in clients {
        #expect(client.output.split(separator: "\n").count { $0 == "200" } == 2500, "\(client.output.suffix(200))")
      }
      #expect(try daemon.privateMemory() <= memory + 8 << 20)
      try await expectPunctual(audit, daemon, before, "while four clients ask as fast as they can")
    }
  }

  @Test("Twenty thousand addresses that come and go at once cost no adjacency")
  func addresses() async throws {
    try await Lab.with { lab in
      let (uplink, daemon) = try await announced(lab, routerDeadInterval: 10)
      let before = try await changes(daemon)
      let audit = try await PacketAudit(of: uplink.node)
      try await uplink.node.ip("link", "add", "pile", "up", "type", "bridge")
      let commands = (0..<20_000).map { "address add 10.\(64 + $0 >> 16).\($0 >> 8 & 255).\($0 & 255)/32 dev pile\n" }.joined()
      let file = try uplink.node.write(commands, to: "addresses")
      try await uplink.node.ip("-batch", file)
      try await uplink.node.ip("link", "delete", "pile")
      _ = try await daemon.interfaces()
      try await expectPunctual(audit, daemon, before, "while 20,000 addresses come and go")
      try await uplink.awaitService()
    }
  }

  @Test("At the limit of its memory it waits, and goes on when there is more: no adjacency is lost")
  func memory() async throws {
    try await Lab.with { lab in
      let (uplink, daemon) = try await announced(lab, routerDeadInterval: 10)
      let before = try await changes(daemon)
      try await MemoryGroup.with(named: uplink.node.namespace) { group in
        try group.add(Int32(try await daemon.status().processID))
        // Refused where more has been taken meanwhile.
        try await eventually("the group has its limit") {
          try group.limit(to: 0)
          return true
        }
        // Takes some megabytes more, in memory and of the file that it writes.
        async let recorded = daemon.control("record")
        try await eventually("the limit is reached", state: { daemon.log }) { try group.isExhausted() }
        try await Task.sleep(for: .seconds(3))
        try group.limit(to: nil)
        #expect(try await recorded.status.isSuccess)
      }
      #expect(try await isFull(daemon))
      #expect(try await changes(daemon) == before, "an adjacency was lost: \(daemon.log)")
      try await uplink.awaitService()
    }
  }
}
