import Foundation

/// `mutator COPY EQUIVALENT COUNT SEED WORKERS SECONDS MODULES RESULTS AGAIN`: what `scripts/mutate` calls,
/// or `mutator smoke COPY WORKERS`.
let arguments = CommandLine.arguments
do {
  if arguments.count == 4, arguments[1] == "smoke", let workers = Int(arguments[3]) {
    try await smoke(root: arguments[2], workers: workers)
    exit(0)
  }
  guard arguments.count == 10, let count = Int(arguments[3]), let seed = UInt64(arguments[4]), let workers = Int(arguments[5]),
    let seconds = Double(arguments[6])
  else { throw Problem(description: "see scripts/mutate --help") }
  let wanted = arguments[7].split(separator: ",").map(String.init)
  var checkout = try MutatedCheckout(root: arguments[1])
  try checkout.prepareManifest()
  var all: [Mutation] = []
  for (module, directory) in MutatedCheckout.modules where wanted.isEmpty || wanted.contains(module) {
    all += try checkout.mutations(of: module, in: directory)
  }
  for index in all.indices { all[index].number = index }
  let equivalent = try EquivalentMutations(path: arguments[2])
  if wanted.isEmpty {
    for identity in equivalent.notFound(in: all) {
      say("mutate: no longer there, though marked as equivalent: \(identity.file) \(identity.function) \(identity.change)")
    }
  }
  var results = try Results(path: arguments[8])
  let makesSurvivors = arguments[9] == "again"
  let candidates = all.filter { !equivalent.identities.contains($0.identity) }
  say("mutate: \(all.count) can be made, \(all.count - candidates.count) of them are left out")
  let uncompilable = UncompilableMutations(path: arguments[1] + "/uncompilable.tsv")
  var choice =
    makesSurvivors
    ? Choice(of: candidates.filter(results.hasSurvived), count: all.count, seed: seed, uncompilable: uncompilable)
    : Choice(of: candidates, count: count, seed: seed, uncompilable: uncompilable)
  if !makesSurvivors {
    choice.leaveOut(where: results.isKnown)
    say("mutate: of \(count), what came of \(count - choice.chosen.count) is known from earlier")
  }
  guard !choice.chosen.isEmpty else {
    results.tell(of: candidates)
    exit(0)
  }
  try checkout.build(&choice) { say("mutate: \($0)") }
  say("mutate: \(choice.chosen.count) are built, \(choice.dropped) did not compile")
  var testing = Testing(program: arguments[1] + "/.build/debug/anycast-ospfdPackageTests.xctest", workers: workers)
  try await testing.learn(scratch: arguments[1], mutations: choice.chosen) { say("mutate: \($0)") }
  say("mutate: \(testing.units.count) groups of tests are known")
  let copy = testing
  let end = ContinuousClock.now + .seconds(seconds)
  try await concurrently(choice.chosen, workers: workers) { mutation in
    seconds > 0 && ContinuousClock.now > end ? (mutation, nil) : (mutation, try copy.verdict(on: mutation))
  } _: { mutation, verdict in
    if let verdict { try results.add(mutation, verdict) }
  }
  results.tell(of: candidates)
} catch {
  FileHandle.standardError.write(Data("mutate: \(error)\n".utf8))
  exit(1)
}
