import OSPFWire

/// The octets of LSAs, those of one size side by side in slabs: a hundred thousand small LSAs are no hundred thousand allocations.
struct LSASlabs: ~Copyable {
  /// Where the octets of an LSA are: which slab, and which place in it.
  struct Place: Equatable {
    fileprivate var slab: UInt32
    fileprivate var index: UInt8

    /// Nowhere.
    static let none = Place(slab: .max, index: .max)
  }

  /// Places of one size. The array grows as they are taken, and is given back when nothing is left in it.
  private struct Slab {
    var octets: [UInt8] = []
    var placeSize: UInt32
    var occupied: UInt8 = 0
    /// The place that was freed last, whose first octet tells the one before it.
    var free = noPlace

    static let noPlace = UInt8.max

    var capacity: Int { LSASlabs.capacity(placeSize: Int(placeSize)) }

    func range(_ index: UInt8, _ count: Int) -> Range<Int> {
      let start = Int(index) * Int(placeSize)
      return start..<start + min(count, Int(placeSize))
    }

    mutating func insert(_ lsa: RawSpan) -> UInt8 {
      occupied += 1
      guard free == Self.noPlace else {
        let index = free
        free = octets[range(index, 1).lowerBound]
        octets.replace(at: range(index, 1).lowerBound, with: lsa)
        return index
      }
      let places = octets.count / Int(placeSize)
      if octets.capacity < octets.count + Int(placeSize) {
        octets.reserveCapacity(min(places * 4 + 1, capacity) * Int(placeSize))
      }
      octets.append(lsa)
      octets.append(contentsOf: repeatElement(0, count: Int(placeSize) - lsa.byteCount))
      return UInt8(places)
    }

    mutating func remove(_ index: UInt8) {
      occupied -= 1
      octets[range(index, 1).lowerBound] = free
      free = index
      if occupied == 0 { self = Slab(placeSize: placeSize) }
    }
  }

  /// Larger LSAs are few, and each has a slab of its own.
  private static let largestShared = 128
  /// Together with the fields of the array less than a page of memory.
  private static let slabSize = 4048

  private static func capacity(placeSize: Int) -> Int { placeSize > largestShared ? 1 : slabSize / placeSize }

  private var slabs: [Slab] = []
  /// The slabs with places that are free, by the size of their places in units of four octets.
  private var open: [[UInt32]] = Array(repeating: [], count: largestShared / 4 + 1)
  /// The slabs of large LSAs that are gone.
  private var vacant: [UInt32] = []

  /// Keeps a copy of an LSA.
  mutating func insert(_ lsa: RawSpan) -> Place {
    let units = (lsa.byteCount + 3) / 4
    guard units < open.count else { return insertLarge(lsa) }
    if open[units].isEmpty {
      open[units].append(UInt32(slabs.count))
      slabs.append(Slab(placeSize: UInt32(units * 4)))
    }
    let slab = open[units][open[units].count - 1]
    let index = slabs[Int(slab)].insert(lsa)
    if Int(slabs[Int(slab)].occupied) == slabs[Int(slab)].capacity { open[units].removeLast() }
    return Place(slab: slab, index: index)
  }

  private mutating func insertLarge(_ lsa: RawSpan) -> Place {
    if vacant.isEmpty {
      vacant.append(UInt32(slabs.count))
      slabs.append(Slab(placeSize: 0))
    }
    let slab = vacant.removeLast()
    slabs[Int(slab)] = Slab(placeSize: UInt32(lsa.byteCount))
    return Place(slab: slab, index: slabs[Int(slab)].insert(lsa))
  }

  /// Frees a place.
  mutating func remove(_ place: Place) {
    let slab = Int(place.slab)
    let capacity = slabs[slab].capacity
    if capacity == 1 {
      vacant.append(place.slab)
    } else if Int(slabs[slab].occupied) == capacity {
      open[Int(slabs[slab].placeSize) / 4].append(place.slab)
    }
    slabs[slab].remove(place.index)
  }

  /// Keeps a copy of an LSA where another one was, if it has its size.
  mutating func replace(_ place: Place, with lsa: RawSpan) -> Place {
    guard Int(slabs[Int(place.slab)].placeSize) == (lsa.byteCount + 3) / 4 * 4 else {
      remove(place)
      return insert(lsa)
    }
    slabs[Int(place.slab)].octets.replace(at: slabs[Int(place.slab)].range(place.index, 1).lowerBound, with: lsa)
    return place
  }

  /// The octets of a slab, and which of them are those of one place.
  struct Location {
    fileprivate var slab: [UInt8]
    fileprivate var range: Range<Int>

    /// The whole LSA. What follows it in its place is left out.
    @inline(__always)
    func withLSA<Result>(_ read: (RawSpan) throws -> Result) rethrows -> Result {
      let place = slab.rawSpan.extracting(range)
      return try read(place.extracting(first: min(Int(place.uint16(at: 18)), place.byteCount)))
    }
  }

  /// Where the LSA in a place is.
  @inline(__always)
  func location(_ place: Place) -> Location {
    Location(slab: slabs[Int(place.slab)].octets, range: slabs[Int(place.slab)].range(place.index, .max))
  }
}
