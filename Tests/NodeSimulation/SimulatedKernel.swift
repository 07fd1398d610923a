import AnycastNode
import AnycastPolicy
import OSPFProtocol
import OSPFTestSupport
import OSPFWire

/// What a host's kernel has.
struct SimulatedKernel {
  var addresses: Set<DeviceAddress> = []
  var routes: Set<ServiceRoute> = []
  var sockets: [SocketID: Set<IPAddress>] = [:]
  /// The index of the device to the network, which may be gone.
  var uplink: UInt32? = 2
  /// Whether duplicate address detection goes on there.
  var isTentative = false
  /// The index of the device for service addresses, which may be gone.
  var serviceDevice: UInt32? = 3
  var nextIndex: UInt32 = 4
  var isRefusing = false
  var busyUntil = Instant.zero
  var refusesSockets = false
  /// The addresses that the process has put there, as it has written down before it did.
  var journal: Set<DeviceAddress> = []

  func has(_ device: String) -> Bool {
    switch device {
    case "lo": true
    case "eth0": uplink != nil
    default: serviceDevice != nil
    }
  }
}

/// The host's kernel does what the process wants, sooner or later, and what others do to it.
extension SimulatedHost {
  /// Requests are worked off one after the other, each when its time has come.
  private func kernelDelay() -> Duration {
    let begin = max(kernel.busyUntil, agenda.now)
    kernel.busyUntil = begin + agenda.random.duration(.microseconds(50)...slowest)
    return kernel.busyUntil - agenda.now
  }

  func hold(_ wanted: [SocketID: Set<IPAddress>], _ request: Int) {
    // While sockets fail, those that are open stay open.
    let failures = wanted.keys.filter {
      kernel.sockets[$0] == nil && (kernel.refusesSockets || $0.interfaceIndex != kernel.uplink)
    }
    if kernel.sockets.isEmpty, failures.count < wanted.count { noteTrouble() }
    kernel.sockets = wanted.filter { !failures.contains($0.key) }
    let reasons = failures.map { ($0, SocketFailure.notOpened("no buffer space")) }
    node?.socketsApplied(request: request, failures: Dictionary(uniqueKeysWithValues: reasons), at: agenda.now)
  }

  func hold(_ wanted: Set<DeviceAddress>, _ request: Int) {
    later(kernelDelay()) { host in
      // An address is in the journal before it is on the device: a crash between the two is a crash after the first half.
      host.kernel.journal.formUnion(wanted.subtracting(host.kernel.addresses))
    }
    later(kernelDelay()) { $0.finishHolding(wanted, request) }
  }

  private func finishHolding(_ wanted: Set<DeviceAddress>, _ request: Int) {
    var failures: [DeviceAddress: String] = [:]
    for address in kernel.journal.subtracting(wanted).sorted() {
      guard !kernel.isRefusing || !kernel.addresses.contains(address) else {
        failures[address] = "refused"
        continue
      }
      if kernel.addresses.contains(address) {
        witness.addressRemoved(address.address, self)
        kernel.addresses.remove(address)
      }
      kernel.journal.remove(address)
    }
    for address in wanted.subtracting(kernel.addresses).sorted() {
      guard !kernel.isRefusing, kernel.has(address.device) else {
        kernel.journal.remove(address)
        failures[address] = kernel.isRefusing ? "refused" : "no such device"
        continue
      }
      kernel.addresses.insert(address)
      witness.addressCame(address.address, self)
    }
    tellLinks()
    call { $0.addressesApplied(request: request, failures: failures, at: $1) }
  }

  func hold(_ wanted: Set<ServiceRoute>, _ request: Int) {
    later(kernelDelay()) { host in
      var failures: [ServiceRoute: String] = [:]
      if host.kernel.isRefusing || host.kernel.uplink == nil {
        for route in wanted.subtracting(host.kernel.routes) { failures[route] = "refused" }
      }
      if host.kernel.isRefusing {
        for route in host.kernel.routes.subtracting(wanted) { failures[route] = "refused" }
      } else {
        for route in host.kernel.routes.subtracting(wanted) { host.witness.routeRemoved(route, host) }
        host.kernel.routes = host.kernel.uplink == nil ? [] : wanted
      }
      host.tellRoutes()
      host.call { $0.routesApplied(request: request, failures: failures, at: $1) }
    }
  }

  /// The kernel tells of its devices a little later, and always how they are then.
  func tellLinks() {
    later(agenda.random.duration(.milliseconds(1)...(.milliseconds(50)))) { host in
      host.call { $0.setLinks(host.links, at: $1) }
    }
  }

  func tellRoutes() {
    later(agenda.random.duration(.milliseconds(1)...(.milliseconds(50)))) { host in
      let routes = host.kernel.routes.map { KernelRoute(prefix: $0.prefix, protocolNumber: KernelRoute.serviceProtocol) }
      host.call { $0.setRoutes(Set(routes), at: $1) }
    }
  }

  private func addresses(on device: String) -> [LinkAddress] {
    kernel.addresses.filter { $0.device == device }.sorted().map {
      LinkAddress(address: $0.address, prefixLength: $0.address.bitWidth)
    }
  }

  private var links: [Link] {
    var links = [
      Link(index: 1, name: "lo", mtu: 65536, isUp: true, isLoopback: true, addresses: addresses(on: "lo"))
    ]
    if let uplink = kernel.uplink {
      let own = protocols.map { kind in
        let address = Scenario.address(number, kind.version)
        return LinkAddress(
          address: address, prefixLength: address.v4 == nil ? 64 : 24, isTentative: address.v4 == nil && kernel.isTentative)
      }
      links.append(Link(index: uplink, name: "eth0", mtu: 1500, isUp: lan.ports[port].isConnected, addresses: own))
    }
    if let index = kernel.serviceDevice {
      links.append(Link(index: index, name: "svc0", mtu: 1500, isUp: true, addresses: addresses(on: "svc0")))
    }
    return links
  }

  // MARK: - What others do

  /// Somebody puts the addresses of a service on its device or takes one of them away.
  func setAddresses(of service: SimulatedService, isPresent: Bool) {
    let all = protocols.map { DeviceAddress(device: service.device, address: service.address($0.version)) }
    let some = isPresent || service == .present ? all : [all[Int.random(in: all.indices, using: &agenda.random)]]
    for address in some where kernel.addresses.contains(address) != isPresent && kernel.has(address.device) {
      if isPresent {
        kernel.addresses.insert(address)
        witness.addressCame(address.address, self)
      } else {
        kernel.addresses.remove(address)
        witness.addressVanished(address.address, self)
      }
    }
    tellLinks()
  }

  /// Somebody deletes our routes.
  func loseRoutes() {
    for route in kernel.routes { witness.routeVanished(route, self) }
    kernel.routes = []
    tellRoutes()
  }

  /// The device for service addresses goes, with them, or comes back without.
  func setServiceDevice(isPresent: Bool) {
    guard (kernel.serviceDevice != nil) != isPresent else { return }
    if isPresent {
      kernel.serviceDevice = kernel.nextIndex
      kernel.nextIndex += 1
    } else {
      kernel.serviceDevice = nil
      for address in kernel.addresses where address.device == "svc0" {
        kernel.addresses.remove(address)
        witness.addressVanished(address.address, self)
      }
    }
    tellLinks()
  }

  /// The device to the network goes, or comes back under another index.
  func setUplink(isPresent: Bool) {
    guard (kernel.uplink != nil) != isPresent else { return }
    if isPresent {
      kernel.uplink = kernel.nextIndex
      kernel.nextIndex += 1
      kernel.isTentative = protocols.contains { $0.version == .v3 }
      agenda.after(.seconds(1)) { [weak self] in
        self?.kernel.isTentative = false
        self?.tellLinks()
      }
    } else {
      kernel.uplink = nil
      loseRoutes()
      loseSockets("no such device")
    }
    setLink(isUp: isPresent)
  }

  /// Its link is cut or mended.
  func setLink(isUp: Bool) {
    lan.change(port) { $0.isConnected = isUp && kernel.uplink != nil }
    witness.linkChanged(self)
    tellLinks()
  }

  /// Every socket fails, and none can be opened for a while.
  func failSockets(for duration: Duration) {
    kernel.refusesSockets = true
    noteTrouble()
    loseSockets("it failed")
    agenda.after(duration) { [weak self] in self?.kernel.refusesSockets = false }
  }

  private func loseSockets(_ reason: String) {
    let lost = kernel.sockets.keys.sorted()
    kernel.sockets = [:]
    for socket in lost { call { $0.socketLost(socket, reason: reason, at: $1) } }
  }

  /// It cannot be heard, or can be heard again.
  private func noteTrouble() {
    lan.change(port) { _ in }
    witness.linkChanged(self)
  }
}
