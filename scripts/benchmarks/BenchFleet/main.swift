import Glibc
import OSPFProtocol
import OSPFWire

/// How long the question takes who advertises what is advertised here, in a large network. What the loop does not do meanwhile is late by
/// as much: a Hello among others.

/// Ends with what is wrong.
func fail(_ reason: String, status: Int32 = 1) -> Never {
  let line = Array("bench-fleet: \(reason)\n".utf8)
  _ = write(STDERR_FILENO, line, line.count)
  exit(status)
}

let arguments = CommandLine.arguments.dropFirst().compactMap { UInt32($0) }
guard arguments.count == 2, let externals = arguments.first, let routers = arguments.last, externals >= 100, routers > 1
else { fail("wants EXTERNALS, 100 at least, and ROUTERS, 2 at least", status: 2) }

let network = LargeNetwork(externals: externals, routers: routers)
let clock = ContinuousClock()

/// The fastest and the slowest of some rounds, in milliseconds.
func measure(_ rounds: Int, _ body: () -> Int) -> (fastest: Double, slowest: Double) {
  let times = (0..<rounds).map { _ in
    let time = clock.measure { if body() == 0 { fail("nothing was found") } }
    return Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1e3
  }
  return (times.min() ?? 0, times.max() ?? 0)
}

let one = measure(20) { network.ask(1) }
let many = measure(20) { network.ask(100) }
func shown(_ milliseconds: Double) -> String { "\((milliseconds * 10).rounded() / 10)" }
print("\(externals) AS-external-LSAs, \(routers) routers: fastest and slowest of 20 rounds, in ms")
print("fleet of 1 prefix      \(shown(one.fastest)) \(shown(one.slowest))")
print("fleet of 100 prefixes  \(shown(many.fastest)) \(shown(many.slowest))")
print("a Hello is late by     \(shown(many.slowest)) at most, because the engine takes no other turn meanwhile")
