/// One file with the switches of its mutations in it, and where each stands.
struct RewrittenFile {
  private(set) var octets: [UInt8] = []
  /// By number, where the switch and what it chooses from stands in `octets`.
  private(set) var places: [Int: Range<Int>] = [:]

  init(_ source: [UInt8], _ mutations: [Mutation]) {
    // Outer ones before inner ones. Of two at one place, either may be the outer one; an insertion comes after what ends there.
    let sorted = mutations.sorted {
      ($0.range.lowerBound, -$0.range.upperBound, $0.number) < ($1.range.lowerBound, -$1.range.upperBound, $1.number)
    }
    if !sorted.isEmpty { octets += Array("import MutantSwitch; ".utf8) }
    var rest = sorted[...]
    write(source, 0..<source.count, &rest)
  }

  private mutating func write(_ source: [UInt8], _ range: Range<Int>, _ rest: inout ArraySlice<Mutation>) {
    var position = range.lowerBound
    while let next = rest.first, next.range.lowerBound < range.upperBound || next.range == range,
      next.range.upperBound <= range.upperBound
    {
      rest.removeFirst()
      octets += source[position..<next.range.lowerBound]
      let start = octets.count
      octets += Array(next.before.replacing("#", with: "\(next.number)").utf8)
      write(source, next.range, &rest)
      octets += Array(next.after.utf8)
      places[next.number] = start..<octets.count
      position = next.range.upperBound
    }
    octets += source[position..<range.upperBound]
  }

  /// The mutations that may be why the compiler complains of this place.
  func suspects(line: Int, column: Int, isSlow: Bool) -> [Int] {
    guard let lineRange = octetsOfLine(line) else { return [] }
    let position = min(lineRange.lowerBound + column - 1, lineRange.upperBound)
    let around = places.filter { $0.value.contains(position) }
    let onLine = places.filter { $0.value.overlaps(lineRange) }.map(\.key)
    // What takes too long to type-check is the expression as a whole.
    if isSlow, !onLine.isEmpty { return onLine }
    if let innermost = around.min(by: { $0.value.count < $1.value.count }) { return [innermost.key] }
    if !onLine.isEmpty { return onLine }
    let distance = { (place: Range<Int>) in min(abs(place.lowerBound - position), abs(place.upperBound - position)) }
    return places.min { distance($0.value) < distance($1.value) }.map { [$0.key] } ?? []
  }

  private func octetsOfLine(_ line: Int) -> Range<Int>? {
    var start = 0
    for _ in 1..<max(line, 1) {
      guard let end = octets[start...].firstIndex(of: 10) else { return nil }
      start = end + 1
    }
    return start..<(octets[start...].firstIndex(of: 10) ?? octets.count)
  }
}
