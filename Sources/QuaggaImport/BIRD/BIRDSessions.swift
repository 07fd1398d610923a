/// The intervals of `protocol bfd`, device by device, as profiles of the dialect.
struct BIRDSessions {
  private struct Pattern {
    /// A device's name, with `*` for any characters; nil for every device.
    var names: [String]
    var intervals: Intervals
  }

  /// BIRD's own defaults.
  struct Intervals: Equatable {
    var receive = 10
    var transmit = 100
    var multiplier = 5
    var isPassive = false

    /// The lines of a profile.
    var lines: [String] {
      ["detect-multiplier \(multiplier)", "transmit-interval \(transmit)", "receive-interval \(receive)"]
        + (isPassive ? ["passive-mode"] : [])
    }
  }

  private var patterns: [Pattern] = []
  /// What is left out, by line.
  private(set) var leftOut: [(line: Int, text: String)] = []

  init(_ statements: [BIRDStatement]) {
    for statement in statements where statement.words.starts(with: ["protocol", "bfd"]) {
      for line in statement.block {
        switch line.words.first {
        case "interface":
          let names = line.words.filter { $0.hasPrefix("\"") }.map { String($0.dropFirst()) }
          patterns.append(Pattern(names: names, intervals: intervals(line.block)))
        case "accept", "debug", "description", "vrf": continue
        default: leftOut.append((line.line, "'\(line.text)' of BFD is left out"))
        }
      }
    }
  }

  private mutating func intervals(_ block: [BIRDStatement]) -> Intervals {
    var intervals = Intervals()
    for line in block {
      let value = Self.milliseconds(line)
      switch (line.words.first, value) {
      case ("interval", let value?): (intervals.receive, intervals.transmit) = (value, value)
      case ("min", let value?) where line.words.dropFirst().first == "rx": intervals.receive = value
      case ("min", let value?) where line.words.dropFirst().first == "tx": intervals.transmit = value
      case ("multiplier", _): intervals.multiplier = line.words.last.flatMap { Int($0) } ?? intervals.multiplier
      case ("passive", _): intervals.isPassive = line.words.last != "no"
      case ("idle", _): continue
      default: leftOut.append((line.line, "'\(line.text)' of BFD is left out"))
      }
    }
    return intervals
  }

  /// `100 ms`, `1 s`, `50000 us`; a bare number is seconds.
  private static func milliseconds(_ line: BIRDStatement) -> Int? {
    guard let position = line.words.firstIndex(where: { Int($0) != nil }), let number = Int(line.words[position]) else {
      return nil
    }
    let unit = position + 1 < line.words.count ? line.words[position + 1] : "s"
    switch unit {
    case "ms": return number
    case "us": return max(number / 1000, 1)
    default: return number.multipliedReportingOverflow(by: 1000).partialValue
    }
  }

  /// What the first block that means the device says.
  func intervals(of device: String) -> Intervals {
    patterns.first { $0.names.isEmpty || $0.names.contains { Self.matches(device, $0) } }?.intervals ?? Intervals()
  }

  private static func matches(_ device: String, _ pattern: String) -> Bool {
    guard let star = pattern.firstIndex(of: "*") else { return device == pattern }
    guard device.hasPrefix(pattern[..<star]) else { return false }
    let rest = String(pattern[pattern.index(after: star)...])
    var left = device.dropFirst(pattern[..<star].count)
    while true {
      if matches(String(left), rest) { return true }
      if left.popFirst() == nil { return false }
    }
  }
}
