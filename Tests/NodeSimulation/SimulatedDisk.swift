import AnycastNode
import AnycastPolicy
import OSPFProtocol

/// What of a node's process outlives it.
struct SimulatedDisk {
  var busyUntil = Instant.zero
  var drains: [StoredDrain] = []
  /// The block of the service that was added and is to be kept.
  var added: String?
  var sequenceNumbers: [ProtocolInstance: UInt64] = [:]
  /// How long a graceful restart takes until the next process is there.
  var gap = Duration.zero
  /// When the process last said that it lives.
  var lastBeat = Instant.zero
  private var memory: (memory: NodeMemory, isPlanned: Bool, at: Instant)?

  /// What to begin with after a crash; nil for nothing.
  mutating func remember(_ memory: NodeMemory?, at now: Instant) { self.memory = memory.map { ($0, false, now) } }

  /// What to begin with after a restart.
  mutating func handOver(_ memory: NodeMemory, at now: Instant) { self.memory = (memory, true, now) }

  /// What the next process begins with, once.
  mutating func takeRestart(at now: Instant) -> NodeRestart? {
    guard let (memory, isPlanned, at) = memory else { return nil }
    self.memory = nil
    return NodeRestart(memory: memory, age: now - (isPlanned ? at : max(at, lastBeat)), isPlanned: isPlanned)
  }
}
