import OSPFWire

/// LS sequence numbers of LSAs that were flushed, for as long as any router may hold the flushed instance: MaxAge.
///
/// A router that holds it sends it back for each instance that is not newer (RFC 2328 section 13 step 8), and an LSA that began anew
/// would have to be originated twice. The memory is bounded; the oldest is forgotten first.
struct FlushedNumbers {
  private var numbers: [LSAIdentity: (number: SequenceNumber, until: Instant)] = [:]
  /// The identities in the order in which they are forgotten, from `first` on. One that has been remembered anew has a later place, too.
  private var order: [(identity: LSAIdentity, until: Instant)] = []
  private var first = 0

  /// How many are remembered.
  var count: Int { numbers.count }

  /// The last number of an LSA, if anybody may still hold it.
  func number(of identity: LSAIdentity, at now: Instant) -> SequenceNumber? {
    guard let known = numbers[identity], known.until > now else { return nil }
    return known.number
  }

  /// Remembers the number of an LSA that has left the database.
  mutating func remember(_ number: SequenceNumber, of identity: LSAIdentity, limit: Int, at now: Instant) {
    let until = now + .seconds(Int64(ProtocolConstants.maxAge))
    numbers[identity] = (number, until)
    order.append((identity, until))
    while first < order.count, order[first].until <= now || order.count - first > limit { forgetFirst() }
    guard first > order.count / 2 else { return }
    order.removeFirst(first)
    first = 0
  }

  private mutating func forgetFirst() {
    let (identity, until) = order[first]
    first += 1
    if numbers[identity]?.until == until { numbers[identity] = nil }
  }
}
