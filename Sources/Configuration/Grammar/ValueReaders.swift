import OSPFWire

/// The readers of values: numbers, durations, addresses, names.
extension Arguments {
  /// Takes a word and converts it; the word is at fault when the conversion gives nil.
  mutating func value<Value>(
    _ expected: String, _ convert: (String) -> Value?
  ) throws(ConfigurationError) -> Value {
    let word = try take(expecting: expected)
    guard let value = convert(word.text) else { throw badValue(word, expected: expected) }
    return value
  }

  /// A decimal number in a range.
  mutating func number(_ range: ClosedRange<Int>, _ what: String = "a number") throws(ConfigurationError) -> Int {
    try value("\(what) from \(range.lowerBound) to \(range.upperBound)") { text in
      guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), range.contains(number) else {
        return nil
      }
      return number
    }
  }

  /// A duration in a range. A bare number has the unit that Quagga gives it.
  mutating func duration(
    _ range: ClosedRange<Duration>, bare unit: DurationText.Unit
  ) throws(ConfigurationError) -> Duration {
    let expected =
      "a duration from \(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound))"
      + " (a bare number means \(unit.name))"
    return try value(expected) { text in
      guard let duration = DurationText.parse(text, bare: unit), range.contains(duration) else { return nil }
      return duration
    }
  }

  /// A duration that travels as a number of whole seconds.
  mutating func wholeSeconds(_ range: ClosedRange<Int64>) throws(ConfigurationError) -> Duration {
    try value("whole seconds from \(range.lowerBound) to \(range.upperBound)") { text in
      guard let duration = DurationText.parse(text, bare: .seconds), duration == .seconds(duration.components.seconds),
        range.contains(duration.components.seconds)
      else { return nil }
      return duration
    }
  }

  /// An area ID, dotted or decimal.
  mutating func areaID() throws(ConfigurationError) -> AreaID {
    try value("an area ID, as 0.0.0.0 or 0") { AreaID($0) }
  }

  /// A router ID, dotted, not 0.0.0.0.
  mutating func routerID() throws(ConfigurationError) -> RouterID {
    try value("a router ID, as 192.0.2.1") { text in
      guard let routerID = RouterID(text), routerID.rawValue != 0 else { return nil }
      return routerID
    }
  }

  /// An IPv4 address.
  mutating func ipv4Address() throws(ConfigurationError) -> IPv4Address {
    try value("an IPv4 address") { IPv4Address($0) }
  }

  /// An IPv4 address when one follows.
  mutating func ipv4AddressIfPresent() -> IPv4Address? {
    guard let word = peek, let address = IPv4Address(word.text) else { return nil }
    return skip(word.text) ? address : nil
  }

  /// An IPv4 or IPv6 address.
  mutating func ipAddress() throws(ConfigurationError) -> IPAddress {
    try value("an IPv4 or IPv6 address") { IPAddress($0) }
  }

  /// An IPv4 prefix.
  mutating func ipv4Prefix() throws(ConfigurationError) -> IPv4Prefix {
    try value("an IPv4 prefix, as 192.0.2.0/24") { text in
      guard case .v4(let prefix) = IPPrefix(text) else { return nil }
      return prefix
    }
  }

  /// The name of a network device, as the kernel allows them.
  mutating func interfaceName() throws(ConfigurationError) -> String {
    try value("the name of an interface, at most 15 octets without '/'") { name in
      name.utf8.count <= 15 && !name.utf8.contains(UInt8(ascii: "/")) && name != "." && name != ".." ? name : nil
    }
  }
}
