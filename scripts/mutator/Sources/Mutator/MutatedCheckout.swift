import Foundation

struct Problem: Error, CustomStringConvertible {
  var description: String
}

/// A copy of the checkout in which the modules to be mutated get their switches.
struct MutatedCheckout {
  static let tests = [
    "OSPFProtocolTests", "ConformanceTests", "SimulationTests", "BFDProtocolTests", "AnycastPolicyTests", "AnycastNodeTests",
    "RedistributionTests", "ConfigurationTests", "NodeSimulationTests",
  ]

  /// What is mutated: the name, and the directory in Sources.
  static let modules = [
    ("OSPFProtocol", "OSPFProtocol"), ("BFDProtocol", "BFDProtocol"), ("AnycastPolicy", "AnycastPolicy"),
    ("Redistribution", "Redistribution"), ("Configuration", "Configuration/Resolution"),
  ]

  let root: String
  private var sources: [String: [UInt8]] = [:]

  init(root: String) throws {
    self.root = root
    try prepareSwitch()
  }

  /// Only what the tests need is built, and warnings are none of our concern: most mutations cause some.
  func prepareManifest() throws {
    let path = root + "/Package.swift"
    var text = try String(contentsOfFile: path, encoding: .utf8)
    text = text.replacing(".treatAllWarnings(as: .error)", with: ".treatAllWarnings(as: .warning)")
    text += """

      let mutated: Set<String> = [\(Self.modules.map { "\"\($0.0)\"" }.joined(separator: ", "))]
      for target in package.targets where mutated.contains(target.name) { target.dependencies.append("MutantSwitch") }
      var needed: Set<String> = [\(Self.tests.map { "\"\($0)\"" }.joined(separator: ", "))]
      for _ in package.targets {
        for target in package.targets where needed.contains(target.name) {
          for case .byNameItem(let name, _) in target.dependencies { needed.insert(name) }
        }
      }
      package.targets = package.targets.filter { needed.contains($0.name) } + [.target(name: "MutantSwitch")]
      package.products = []

      """
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// Read once at start: which mutation is made, and where it is noted which are reached.
  private func prepareSwitch() throws {
    let directory = root + "/Sources/MutantSwitch"
    try FileManager.default.createDirectory(atPath: directory + "/include", withIntermediateDirectories: true)
    try """
    #pragma once
    #include <stdbool.h>
    extern int chosen_mutant;
    extern unsigned char *reached_mutants;
    static inline bool mutant(int number) {
      if (__builtin_expect(reached_mutants != 0, 0)) reached_mutants[number] = 1;
      return __builtin_expect(number == chosen_mutant, 0);
    }

    """.write(toFile: directory + "/include/MutantSwitch.h", atomically: true, encoding: .utf8)
    try """
    #include "MutantSwitch.h"
    #include <fcntl.h>
    #include <stdlib.h>
    #include <sys/mman.h>
    #include <unistd.h>
    int chosen_mutant = -1;
    unsigned char *reached_mutants = 0;
    __attribute__((constructor)) static void choose(void) {
      const char *number = getenv("MUTANT");
      if (number) chosen_mutant = atoi(number);
      const char *path = getenv("MUTANTS_REACHED");
      if (!path) return;
      const int size = 1 << 20, file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
      if (file < 0 || ftruncate(file, size) != 0) abort();
      reached_mutants = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
      if (reached_mutants == MAP_FAILED) abort();
      close(file);
    }

    """.write(toFile: directory + "/switch.c", atomically: true, encoding: .utf8)
  }

  /// All that can be changed in a module, in the order of the files.
  mutating func mutations(of module: String, in directory: String, except: Set<String> = []) throws -> [Mutation] {
    let base = root + "/Sources/" + directory
    guard let names = FileManager.default.enumerator(atPath: base) else { throw Problem(description: "no directory \(base)") }
    var all: [Mutation] = []
    for name in names.compactMap({ $0 as? String }).filter({ $0.hasSuffix(".swift") }).sorted() where !except.contains(name) {
      let file = "Sources/\(directory)/\(name)"
      let source = try String(contentsOfFile: root + "/" + file, encoding: .utf8)
      sources[file] = Array(source.utf8)
      all += MutationFinder.mutations(of: source, module: module, file: file)
    }
    return all
  }

  /// Builds with the mutations that `choice` gives, without those that do not compile.
  func build(_ choice: inout Choice, log: (String) -> Void) throws {
    var written: [String: [UInt8]] = [:]
    for round in 1...60 {
      var rewritten: [String: RewrittenFile] = [:]
      let byFile = Dictionary(grouping: choice.chosen, by: \.identity.file)
      for (file, source) in sources {
        let result = RewrittenFile(source, byFile[file] ?? [])
        rewritten[file] = result
        // A file that stays is not compiled again.
        if written[file] == result.octets { continue }
        written[file] = result.octets
        try Data(result.octets).write(to: URL(fileURLWithPath: root + "/" + file))
      }
      let command = try Command.run([
        "swift", "build", "--package-path", root, "--build-tests", "-Xswiftc", "-Xfrontend", "-Xswiftc",
        "-solver-expression-time-threshold=20",
      ])
      try command.lines.joined(separator: "\n").write(toFile: root + "/build.log", atomically: true, encoding: .utf8)
      if command.end == .exited(0) { return }
      var dropped: Set<Int> = []
      for line in Set(command.lines) {
        guard let error = CompilerError(line, root: root), let file = rewritten[error.file] else { continue }
        dropped.formUnion(file.suspects(line: error.line, column: error.column, isSlow: error.isSlow))
      }
      if dropped.isEmpty {
        throw Problem(
          description: "the build failed, and not for a mutation:\n" + command.lines.suffix(30).joined(separator: "\n"))
      }
      try choice.drop(dropped)
      log("build \(round): \(dropped.count) do not compile, \(Int(command.seconds)) s")
    }
    throw Problem(description: "the build does not succeed")
  }
}

/// `/path/File.swift:12:34: error: words`
private struct CompilerError {
  var file: String
  var line: Int
  var column: Int
  var isSlow: Bool

  init?(_ text: String, root: String) {
    let parts = text.split(separator: ":", maxSplits: 4)
    guard parts.count == 5, parts[3] == " error", parts[0].hasPrefix(root + "/"), let line = Int(parts[1]),
      let column = Int(parts[2])
    else { return nil }
    file = String(parts[0].dropFirst(root.count + 1))
    self.line = line
    self.column = column
    isSlow = parts[4].contains("reasonable time")
  }
}
