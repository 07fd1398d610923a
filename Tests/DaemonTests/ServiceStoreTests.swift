import AnycastNode
import Configuration
import ControlAPI
import LogTestSupport
import Logging
import Testing

@testable import anycast_ospfd

@Suite("Services of run time that are kept in files")
struct ServiceStoreTests {
  private func configuration() throws -> Configuration {
    try Configuration.parse([SourceFile(path: "test.conf", text: "anycast service dns\n address 192.0.2.53\n")]).configuration
  }

  @Test("What was stored last comes back, in whatever order it was written; what was forgotten does not")
  func round() async throws {
    try await withDirectory { directory in
      let log = CollectedLog()
      let store = ServiceStore(stateDirectory: directory, problems: StandingProblems { _ in }, logger: log.logger())
      async let running: Void = store.run()
      store.store("web", "address 192.0.2.80\n")
      #expect(await store.written("web") == nil)
      store.store("a.b-c_d", "address 192.0.2.81\n")
      store.store("gone", "address 192.0.2.82\n")
      store.store("web", "address 192.0.2.83\n")
      store.store("gone", nil)
      #expect(await store.written("gone") == nil)
      store.finish()
      await running
      let loaded = ServiceStore(stateDirectory: directory, problems: StandingProblems { _ in }, logger: log.logger()).load(
        beside: try configuration())
      #expect(loaded.all.map(\.configuration.name) == ["a.b-c_d", "web"])
      #expect(loaded["web"]?.text == "address 192.0.2.83\n")
      #expect(loaded.all.allSatisfy { $0.isPersistent })
      #expect(log.lines == ["notice: services of the last run: 2"])
    }
  }

  @Test("What cannot be used is left out, said with its place, and left in its file")
  func unusable() async throws {
    try await withDirectory { directory in
      let log = CollectedLog()
      try FileAccess.makeDirectory(directory + "/services")
      let files = [
        "bad": "address 192.0.2.80\n adress 192.0.2.81\n", "dns": "address 192.0.2.84\n", "taken": "address 192.0.2.53\n",
        "web": "address 192.0.2.80\n",
      ]
      for (name, text) in files { try FileAccess.create("\(directory)/services/\(name).conf", with: Array(text.utf8)) }
      let loaded = ServiceStore(stateDirectory: directory, problems: StandingProblems { _ in }, logger: log.logger()).load(
        beside: try configuration())
      #expect(loaded.all.map(\.configuration.name) == ["web"])
      #expect(log.lines.contains { $0.hasPrefix("error: \(directory)/services/bad.conf:2:2: unknown word 'adress'") })
      let sentences = [
        "service bad of the last run is left out", "service dns of the last run is left out", "service 'dns' has 192.0.2.53/32",
      ]
      for words in sentences {
        #expect(log.lines.contains { $0.hasPrefix("error: ") && $0.contains(words) }, "\(words): \(log.lines)")
      }
      #expect(try FileAccess.read("\(directory)/services/taken.conf") == Array("address 192.0.2.53\n".utf8))
    }
  }

  @Test(
    "A graceful restart hands over what was added at run time; a file of the same name comes first, and what cannot be used is named"
  )
  func handedOver() async throws {
    try await withDirectory { directory in
      let log = CollectedLog()
      try FileAccess.makeDirectory(directory + "/services")
      try FileAccess.create("\(directory)/services/web.conf", with: Array("address 192.0.2.80\n".utf8))
      let loaded = ServiceStore(stateDirectory: directory, problems: StandingProblems { _ in }, logger: log.logger()).load(
        beside: try configuration(),
        handedOver: [
          .init(name: "web", text: "address 192.0.2.81\n", isPersistent: true),
          .init(name: "passing", text: "address 192.0.2.82\n", isPersistent: false),
          .init(name: "taken", text: "address 192.0.2.53\n", isPersistent: false),
        ])
      #expect(loaded.all.map(\.configuration.name) == ["web", "passing"])
      #expect(loaded["web"]?.text == "address 192.0.2.80\n")
      #expect(loaded["passing"]?.isPersistent == false)
      #expect(log.lines.contains { $0.hasPrefix("error: service taken, which was added at run time, is left out") })
    }
  }

  @Test("A file that cannot be written is told to whoever waits for it")
  func failure() async throws {
    try await withDirectory { directory in
      try FileAccess.makeDirectory(directory)
      // A file stands where the directory is to be.
      try FileAccess.create(directory + "/services", with: [])
      let store = ServiceStore(stateDirectory: directory, problems: StandingProblems { _ in }, logger: Logger.silent)
      async let running: Void = store.run()
      store.store("web", "address 192.0.2.80\n")
      #expect(await store.written("web")?.contains("/services/web.conf") == true)
      store.finish()
      await running
    }
  }
}
