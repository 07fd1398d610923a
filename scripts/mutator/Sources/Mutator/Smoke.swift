/// `scripts/mutate --smoke`: the tool on a sample of which it is known what comes of each mutant.
func smoke(root: String, workers: Int) async throws {
  var checkout = try MutatedCheckout(root: root)
  var all = try checkout.mutations(of: "Sample", in: "Sample", except: ["main.swift"])
  for index in all.indices { all[index].number = index }
  var choice = Choice(of: all, count: all.count, seed: 1, uncompilable: UncompilableMutations(path: root + "/uncompilable.tsv"))
  try checkout.build(&choice) { say("mutate: \($0)") }
  var testing = Testing(program: root + "/.build/debug/Sample", workers: workers, patience: 1)
  try await testing.learn(scratch: root, mutations: choice.chosen) { say("mutate: \($0)") }
  var came: [String: String] = [:]
  for mutation in all { came[mutation.identity.change] = "does not compile" }
  let copy = testing
  try await concurrently(choice.chosen, workers: workers) {
    ($0.identity.change, try copy.verdict(on: $0))
  } _: { change, verdict in
    came[change] = "\(verdict)"
  }
  let expected = [
    "count += 1 -> count -= 1": "killed(\"failed: Sample.tens() recorded an issue\")",
    "rest -= 10 -> removed": "killed(\"took too long\")",
    "rest >= 10 -> false": "killed(\"failed: Sample.tens() recorded an issue\")",
    "rest >= 10 -> rest > 10": "survived",
    "name + mark -> name - mark": "does not compile",
    "number == 7 -> number != 7": "notReached",
  ]
  for (change, verdict) in expected where came[change] != verdict {
    throw Problem(description: "the sample: \(change): \(came[change] ?? "not made"), expected: \(verdict)")
  }
  say("mutate: \(all.count) mutants of the sample, as expected")
}
