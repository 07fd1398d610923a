import FoundationEssentials
import Testing

extension LabTests {
  @Suite("The routers that people run: every release is tried with the same stories")
  struct PeerTests {
    /// One story with one peer.
    struct Case: Sendable, CustomTestStringConvertible {
      var peer: Peer
      var story: PeerStory

      var testDescription: String { "\(peer): \(story.rawValue)" }

      /// `LAB_STORIES` chooses those in whose description it occurs.
      static let chosen = ProcessInfo.processInfo.environment["LAB_STORIES"] ?? ""

      /// Chapter by chapter, so that the peers share the machine.
      static func all() async throws -> [Case] {
        let peers = try await Peer.all()
        return PeerChapter.allCases.flatMap { chapter in
          peers.flatMap { peer in chapter.stories(with: peer).map { Case(peer: peer, story: $0) } }
        }.filter { chosen.isEmpty || $0.testDescription.contains(chosen) }
      }
    }

    @Test("A story", arguments: try await Case.all())
    func story(_ told: Case) async throws {
      if let failure = await PeerMatrix.shared.failure(of: told.story, with: told.peer) { Issue.record("\(failure)") }
    }

    @Test("What was tried is printed as a table")
    func printed() async throws {
      let peers = try await Peer.all()
      let cases = try await Case.all()
      #expect(!cases.isEmpty, "there is no peer or no such story")
      var failed: Set<CompatibilityTable.Cell> = []
      for told in cases {
        let failure = await PeerMatrix.shared.failure(of: told.story, with: told.peer)
        if failure != nil { failed.insert(.init(told.story, told.peer.software, told.peer.version)) }
      }
      if Case.chosen.isEmpty {
        print(CompatibilityTable(columns: peers.map { .init($0.software, $0.version) }, failed: failed).text)
      }
    }

    @Test("The table in the documentation says what is tried, and knows the releases of this run")
    func documentation() async throws {
      let path = Peer.root + "/Sources/anycast-ospfd/anycast-ospfd.docc/Compatibility.md"
      let page = try String(contentsOfFile: path, encoding: .utf8)
      let columns = CompatibilityTable.columns(ofPage: page)
      let table = CompatibilityTable(columns: columns, failed: []).text
      #expect(page.contains(table), "this belongs into the page:\n\(table)")
      let peers = try await Peer.all()
      for peer in peers { #expect(columns.contains(.init(peer.software, peer.version)), "the page has no column for \(peer)") }
      #expect(peers.count >= 3, "FRR and BIRD of the newer release are not there: scripts/unpack-peers unpacks them")
    }
  }
}
