import AnycastPolicy

/// What must be known before the kernel is asked for anything: a node that cannot speak adds no address, and no check asks an address
/// before those that are wanted from the beginning were asked for.
struct KernelGate {
  /// Whether the sockets were opened, or there are none to open.
  var canSpeak = false
  /// Whether the kernel has answered for addresses once.
  var hasAddresses = false

  private var addresses: (set: Set<DeviceAddress>, request: Int)?
  private var routes: (set: Set<ServiceRoute>, request: Int)?
  private var checks: [CheckAssignment]?

  /// Keeps what is to be asked for, in the place of what was to be before.
  mutating func hold(_ set: Set<DeviceAddress>, _ request: Int) { addresses = (set, request) }
  mutating func hold(_ set: Set<ServiceRoute>, _ request: Int) { routes = (set, request) }
  mutating func run(_ assignments: [CheckAssignment]) { checks = assignments }

  /// Lets out what may be asked for now.
  mutating func release(into sink: NodeSink) {
    guard canSpeak else { return }
    if let (set, request) = routes { sink.append(.holdRoutes(set, request: request)) }
    if let (set, request) = addresses { sink.append(.holdAddresses(set, request: request)) }
    (routes, addresses) = (nil, nil)
    guard hasAddresses, let assignments = checks else { return }
    sink.append(.runChecks(assignments))
    checks = nil
  }

  /// Whether anything waits to be let out.
  var isWaiting: Bool { addresses != nil || routes != nil }
}
