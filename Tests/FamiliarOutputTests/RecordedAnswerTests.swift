import FamiliarOutput
import Testing

@Suite("What FRR 8.4.4 printed is printed again from the same state")
struct RecordedAnswerTests {
  private func answer(_ words: String) throws -> String {
    try ShowCommand([words]).answer(RecordedNode.state())
  }

  /// Answers in text that are the same, times apart.
  static let texts = [
    "ip ospf neighbor", "ip ospf neighbor all", "ip ospf neighbor detail", "ip ospf neighbor detail all", "ip ospf neighbor eth0",
    "ip ospf neighbor eth0 detail", "ip ospf neighbor 192.0.2.1", "ip ospf interface", "ip ospf interface eth0",
    "ip ospf interface traffic", "ip ospf database", "ip ospf database router", "ip ospf database network",
    "ip ospf database summary", "ip ospf database asbr-summary", "ip ospf database external", "ip ospf database nssa-external",
    "ip ospf database external 192.0.2.53", "ip ospf database external adv-router 192.0.2.1",
    "ip ospf database external self-originate", "ip ospf database self-originate", "ip ospf vrf default neighbor",
    "ipv6 ospf6 neighbor", "ipv6 ospf6 neighbor detail", "ipv6 ospf6 neighbor drchoice", "ipv6 ospf6 interface",
    "ipv6 ospf6 interface eth0", "ipv6 ospf6 interface traffic", "ipv6 ospf6 database", "ipv6 ospf6 database detail",
    "ipv6 ospf6 database router", "ipv6 ospf6 database as-external", "ipv6 ospf6 database as-external detail",
    "ipv6 ospf6 database self-originated",
  ]

  @Test("In text", arguments: texts)
  func text(words: String) throws {
    let (ours, theirs) = (Alike.lines(try answer(words)), Alike.lines(try RecordedNode.answer(words)))
    let line = zip(ours, theirs).enumerated().first { $0.element.0 != $0.element.1 }
    #expect(line == nil, "the first line that is another one")
    #expect(ours.count == theirs.count)
  }

  /// With `self-originate` the JSON of ospfd 8.4 has the LSAs of all routers in its summary, while its text has not.
  @Test("In JSON", arguments: texts.filter { $0 != "ip ospf database self-originate" }.map { $0 + " json" })
  func json(words: String) throws {
    let (ours, theirs) = (try JSONTree(try answer(words)), try JSONTree(try RecordedNode.answer(words)))
    #expect(ours.differences(from: theirs, Alike.hasOtherValue).filter { !Alike.isIntended($0) } == [])
  }

  /// What is said of the computation of routes is not the same, because there is none.
  @Test(
    "The instance, apart from what is said of the computation of routes",
    arguments: ["ip ospf", "ipv6 ospf6"])
  func instance(words: String) throws {
    let aboutRoutes = [
      "SPF", "ABR", "ASBR", "Maximum", "Minimum", "Hold time", "Write Multiplier", "Refresh timer", "Administrative",
      "Shortcutting",
      "Opaque", "virtual adjacencies", "Sequence number info", "sequence no",
    ]
    func lines(_ text: String) -> [String] {
      Alike.lines(text).filter { line in !aboutRoutes.contains { line.contains($0) } }
    }
    #expect(lines(try answer(words)) == lines(try RecordedNode.answer(words)))
    let (ours, theirs) = (try JSONTree(try answer(words + " json")), try JSONTree(try RecordedNode.answer(words + " json")))
    let differences = ours.differences(from: theirs) { !$0.hasPrefix("lsa") && !$0.hasPrefix("number") && !$0.hasPrefix("area") }
    #expect(differences.filter { !Alike.isAboutRoutes($0) } == [])
  }
}

/// What cannot be the same in two answers, or is not meant to be.
enum Alike {
  /// The lines with a `#` for each digit of a time, without empty ones at the end.
  static func lines(_ text: String) -> [String] {
    let text = text.replacing(/\nlo is up, type LOOPBACK(.|\n)*/, with: "")
      .replacing(/\n      \[.*\]/, with: "")
      .replacing(/LSUpdate in Time ..:..:.. \[thread on\]/, with: "LSUpdate in Time 00:00:00 [thread off]")
      .replacing(/\d+\.\d\d\ds|\d+m\d\ds|\d\d:\d\d:\d\d|Age: +\d+|LS age: \d+|Hello 10\(\d\.\d\d\d/) { masked($0.output) }
      .replacing(/(\d+)( 0x8\d{7} 0x)/) { masked($0.output.1) + $0.output.2 }
      .replacing(/(\d+)( 8\d{7} )/) { masked($0.output.1) + $0.output.2 }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return Array(lines.reversed().drop { $0.isEmpty }.reversed())
  }

  private static func masked(_ text: Substring) -> String { String(text.map { $0.isNumber ? "#" : $0 }) }

  private static let times: Set<String> = [
    "upTimeInMsec", "deadTimeMsecs", "routerDeadIntervalTimerDueMsec", "upTime", "deadTime", "lastPrgrsvChangeMsec",
    "timerHelloInMsecs", "lsaAge", "age", "duration", "neighborStateDuration", "pendingLsaLsUpdateTime",
  ]

  /// Whether the values of a key may differ: the moments were not the same.
  static func hasOtherValue(_ key: String) -> Bool { times.contains(key) }

  /// What is different and shall be.
  static func isIntended(_ difference: String) -> Bool {
    // What the daemon says and FRR 8.4 does not; later ones do.
    let isLater = difference.hasSuffix("localIfaceAddress is new") || difference.hasSuffix(".role is new")
    // The lists themselves are the engine's business, and the device without OSPF none of OSPF's.
    let isLeftOut =
      difference.hasPrefix("lo is missing") || difference.contains("reTransListLsa") || difference.contains("lsUpdateSendThread")
    return isLater || isLeftOut
  }

  /// Whether a difference is about the computation of routes, or about what only an area border router has.
  static func isAboutRoutes(_ difference: String) -> Bool {
    let keys = [
      "spf", "holdTime", "holdtime", "abr", "asbr", "writeMultiplier", "refreshTimer", "maximumPaths", "preference",
      "shortcuttingMode", "nssaTranslatorElected", "virtualAdjacencies", "opaqueCapable", "AuthTrailer", "running",
      "adjacencyChanges",
    ]
    return keys.contains { difference.contains($0) }
  }
}
