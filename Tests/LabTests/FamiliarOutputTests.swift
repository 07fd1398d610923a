import ControlAPI
import LabHarness
import Testing

extension LabTests {
  @Suite("anycastctl show prints what vtysh prints at the router next to it")
  struct FamiliarOutputTests {
    /// A question, and what the answers in JSON have different on purpose: what is printed here and not by FRR 8.4, and what by it alone.
    struct Question: Sendable, CustomTestStringConvertible {
      var words: String
      var protocolName: ProtocolName
      var added: Set<String> = []
      var missing: Set<String> = []

      init(_ protocolName: ProtocolName, _ words: String, added: Set<String> = [], missing: Set<String> = []) {
        self.words = words
        self.protocolName = protocolName
        self.added = added
        self.missing = missing
      }

      /// The whole command, without its first word.
      var command: String { (protocolName == .ospfV2 ? "ip ospf" : "ipv6 ospf6") + (words.isEmpty ? "" : " \(words)") }

      var testDescription: String { command }
    }

    private static let questions = [
      Question(.ospfV2, "neighbor"), Question(.ospfV2, "interface"), Question(.ospfV2, "interface traffic"),
      Question(.ospfV2, "database"), Question(.ospfV2, "database external"), Question(.ospfV2, "database router"),
      Question(.ospfV2, "database network"), Question(.ospfV3, "neighbor"), Question(.ospfV3, "neighbor detail"),
      Question(.ospfV3, "neighbor drchoice"), Question(.ospfV3, "interface"), Question(.ospfV3, "interface traffic"),
      Question(.ospfV3, "database"), Question(.ospfV3, "database detail"),
      // Later versions of FRR have both.
      Question(.ospfV2, "neighbor detail", added: ["neighbors.*.[].localIfaceAddress", "neighbors.*.[].role"]),
      // There is no computation of routes; what it would have to say is left out, or 0.
      Question(
        .ospfV2, "", added: ["opaqueCapable", "spfHasNotRun"], missing: ["spfLastExecutedMsecs", "spfLastDurationMsecs"]),
      Question(
        .ospfV3, "",
        missing: [
          "spfLastExecutedMsecs", "spfLastExecutedReason", "spfLastDurationSecs", "spfLastDurationMsecs",
          "areas.*.spfLastExecutedSecs", "areas.*.spfLastExecutedMicroSecs",
        ]),
    ]

    /// What stands still in an answer: titles, and the words of lines. What has a digit in it, or is a state or a flag, is a value; so
    /// is what FRR's daemons list below the length of a queue.
    private func titles(_ answer: String) -> [String] {
      let values = ["DR", "Backup", "BDR", "DROther", "Full", "Slave", "Master", "on", "off", "Router", "Network"]
      let lines = answer.replacing(/\nlo is up, type LOOPBACK(.|\n)*/, with: "").split(separator: "\n")
      return lines.filter { !$0.drop { $0 == " " }.hasPrefix("[") }.map { line in
        let words = line.split { " /],".contains($0) }.filter { !$0.contains(where: \.isNumber) && !values.contains(String($0)) }
        return words.joined(separator: " ")
      }
    }

    /// How the answers of the daemon and of the router to a question differ from each other without being meant to.
    private func differences(_ question: Question, _ daemon: AnycastDaemon, _ router: FRRRouter) async throws -> [String] {
      let ours = try await daemon.control("show", question.command).output
      let theirs = try await router.show(question.words, question.protocolName)
      var differences: [String] = []
      // How many LSAs of whom there are is no title, and what is said of the computation of routes is not the same.
      let isSame =
        question.words.hasPrefix("database") ? Set(titles(ours)) == Set(titles(theirs)) : titles(ours) == titles(theirs)
      if !isSame, !question.words.isEmpty { differences.append("\(ours)\n\(theirs)") }
      let ourKeys = try decoded(JSONKeys.self, from: try await daemon.control("show", question.command, "json").output).paths
      let answer = try await router.show(question.words + " json", question.protocolName)
      let theirKeys = try decoded(JSONKeys.self, from: answer).paths
      if ourKeys.subtracting(theirKeys) != question.added { differences.append("only here: \(ourKeys.subtracting(theirKeys))") }
      if theirKeys.subtracting(ourKeys) != question.missing {
        differences.append("only there: \(theirKeys.subtracting(ourKeys))")
      }
      return differences
    }

    @Test("The same titles and columns, and the same keys in JSON")
    func sameOutput() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        let router = FRRRouter(host: uplink.router.host)
        try await router.start(.init(routerID: Uplink.routerID, externals: ["203.0.113.0/24", "2001:db8:1234::/48"]))
        _ = try await DNSServer(on: uplink.node)
        let daemon = try await AnycastDaemon(
          on: uplink.node, configuration: NodeConfiguration(interfaces: [.init(priority: 1)]).text)
        try await uplink.awaitService()
        try await daemon.awaitFull(with: Uplink.routerID)
        for question in Self.questions {
          // The databases become the same, and what waits to be sent or acknowledged goes.
          try await eventually(
            "the same answers to \(question)", within: .seconds(30),
            state: { (try? await differences(question, daemon, router))?.joined(separator: "\n") ?? "" }
          ) { try await differences(question, daemon, router).isEmpty }
        }
      }
    }

    @Test("The header lines of the tables are equal, character for character")
    func headers() async throws {
      try await Lab.with { lab in
        let uplink = try await Uplink(lab, .frr)
        let router = FRRRouter(host: uplink.router.host)
        try await router.start(.init(routerID: Uplink.routerID))
        let daemon = try await AnycastDaemon(on: uplink.node, configuration: NodeConfiguration().text)
        try await daemon.awaitFull(with: Uplink.routerID)
        for (question, beginning) in [
          (Question(.ospfV2, "neighbor"), "Neighbor ID"), (Question(.ospfV2, "database"), "Link ID"),
          (Question(.ospfV2, "interface traffic"), "Interface"), (Question(.ospfV3, "neighbor"), "Neighbor ID"),
          (Question(.ospfV3, "neighbor drchoice"), "RouterID"), (Question(.ospfV3, "database"), "Type"),
          (Question(.ospfV3, "interface traffic"), "Interface"),
        ] {
          func header(_ answer: String) -> Substring? { answer.split(separator: "\n").first { $0.hasPrefix(beginning) } }
          let ours = try #require(header(try await daemon.control("show", question.command).output))
          #expect(ours == header(try await router.show(question.words, question.protocolName)))
        }
      }
    }

    @Test("show running-config prints what check prints, and a secret in neither")
    func runningConfiguration() async throws {
      try await Lab.with { lab in
        let node = try await lab.host("node")
        let configuration =
          NodeConfiguration(services: [.init(lines: ["check radius server 127.0.0.1 secret xyzzy"])]).text
          + "interface eth0\n ip ospf authentication message-digest\n ip ospf message-digest-key 1 md5 xyzzy\n!\n"
        let daemon = try await AnycastDaemon(on: node, configuration: configuration)
        let check = try await node.execute(
          AnycastDaemon.programs + "/anycast-ospfd", "check", "--config", node.directory + "/anycast-ospfd.conf")
        let blocks = check.split(separator: "\n").filter { !$0.hasPrefix("! ") }.joined(separator: "\n")
        let shown = try await daemon.control("show", "running-config")
        #expect(shown.output == "Building configuration...\n\nCurrent configuration:\n!\n\(blocks)\nend\n")
        #expect(shown.output.contains("check radius"))
        #expect(!shown.output.contains("xyzzy"))
        #expect(try await daemon.control("show", "run", "no-header").output == blocks + "\nend\n")
        #expect(try await !daemon.control("reload", "--dry-run").output.contains("xyzzy"))
      }
    }
  }
}

/// The keys of any JSON as paths, in which each address or device is a `*`, and the elements of an array are one.
private struct JSONKeys: Decodable {
  var paths: Set<String> = []

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }

    var general: String { stringValue.contains(".") || ["eth0", "lo", "link0"].contains(stringValue) ? "*" : stringValue }
  }

  init(from decoder: any Decoder) throws {
    if let members = try? decoder.container(keyedBy: Key.self) {
      for key in members.allKeys { add(try members.decode(JSONKeys.self, forKey: key), behind: key.general) }
    } else if var elements = try? decoder.unkeyedContainer() {
      while !elements.isAtEnd { add(try elements.decode(JSONKeys.self), behind: "[]") }
    }
  }

  private mutating func add(_ inner: JSONKeys, behind key: String) {
    paths.insert(key)
    paths.formUnion(inner.paths.map { "\(key).\($0)" })
  }
}
