import HeapModule

/// Slots by the second at which they have to be looked at.
struct AgingQueue {
  private var slots: [UInt32: [UInt32]] = [:]
  private var seconds = Heap<UInt32>()
  /// The slots of the second that was filed last: LSAs come in crowds of one age.
  private var crowd: [UInt32] = []
  private var crowdSecond: UInt32?

  /// The earliest second that has slots.
  var nextSecond: UInt32? { seconds.min }

  /// Files a slot.
  mutating func insert(_ slot: UInt32, at second: UInt32) {
    if crowdSecond != second { open(second) }
    crowd.append(slot)
  }

  private mutating func open(_ second: UInt32) {
    close()
    if let known = slots.removeValue(forKey: second) { crowd = known } else { seconds.insert(second) }
    crowdSecond = second
  }

  private mutating func close() {
    guard let second = crowdSecond else { return }
    slots[second] = crowd
    crowd = []
    crowdSecond = nil
  }

  /// Takes the slots of the earliest second.
  mutating func removeNext() -> [UInt32] {
    close()
    guard let second = seconds.popMin() else { return [] }
    return slots.removeValue(forKey: second) ?? []
  }
}
