import AnycastNode
import OSPFProtocol

/// A host that a node runs on. What the node wants is done after each call, and what it wants because of that as well.
protocol NodeHost: AnyObject {
  var node: AnycastNode? { get }
  var sink: NodeSink { get }
  var agenda: Agenda { get }

  /// Does one thing that the node wants.
  func carryOut(_ effect: NodeEffect)
  /// Everything is done.
  func settle()
}

extension NodeHost {
  /// Lets the node do something, where there is one.
  func call(_ body: (AnycastNode, Instant) -> Void) {
    guard let node else { return }
    body(node, agenda.now)
    absorb()
  }

  func absorb() {
    var effects = sink.drain()
    while !effects.isEmpty {
      for effect in effects { carryOut(effect) }
      effects = sink.drain()
    }
    settle()
  }
}
