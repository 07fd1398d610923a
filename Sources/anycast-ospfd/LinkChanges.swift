import AnycastPolicy
import Configuration
import ControlAPI
import Glibc
import LinuxNetwork
import OSPFProtocol
import OSPFWire

/// From links to OSPF interfaces: instances begin when there is a router ID, sockets come and go with devices.
extension ProtocolLoop {
  /// The kernel's links or addresses have changed.
  func linksChanged(_ links: [Link]) {
    let now = MonotonicClock.now()
    self.links = links
    reportAbsentDevices()
    applyToInstances(at: now)
    policy.setPresentAddresses(presentAddresses, at: now)
    reinstallRoutes()
    settle(at: now)
  }

  /// Gives every instance what the configuration makes of the links.
  func applyToInstances(at now: Instant) {
    guard state != .leaving else { return }
    for kind in ProtocolInstance.allCases { applyToInstance(kind, at: now) }
    openMissingSockets(at: now)
    for instance in instances where !instance.isLeaving {
      instance.router.setInterfaces(instance.definitions, at: now)
      deliverRouterOutputs(at: now)
      instance.flush()
      instance.closeSurplusSockets()
    }
    redistribute(at: now)
  }

  private func applyToInstance(_ kind: ProtocolInstance, at now: Instant) {
    let running = instances.first { $0.kind == kind && !$0.isLeaving }
    let configuredRouterID = configuration.routerID(version: kind.version, links: [])
    // A router with another name is another router: the one that runs leaves, and the other one follows it.
    let isAnother = configuredRouterID.map { $0 != running?.router.configuration.routerID } ?? false
    if let running, isAnother || !configuration.isConfigured(kind) { return shutDown(running, at: now) }
    // Two routers at one address would end each other's adjacencies.
    guard configuration.isConfigured(kind), !instances.contains(where: { $0.kind == kind && $0.isLeaving }) else { return }
    let wanted = configuration.routerConfiguration(of: kind, links: links)
    guard let instance = running ?? wanted.map({ begin(kind, $0, at: now) }) else { return }
    if var wanted {
      // Only a configured router ID replaces that of a running instance: one that was derived from addresses stays.
      wanted.routerID = configuredRouterID ?? instance.router.configuration.routerID
      if instance.router.configuration != wanted { instance.router.apply(wanted, at: now) }
    }
    instance.definitions = configuration.interfaceDefinitions(of: kind, links: links)
  }

  private func begin(_ kind: ProtocolInstance, _ configuration: RouterConfiguration, at now: Instant) -> OSPFInstance {
    let instance = OSPFInstance(
      kind, configuration: configuration, sequenceNumbers: sequenceNumberStore.begin(kind), at: now)
    instances.append(instance)
    eventLog.report("instanceStarted", .notice, "\(kind): router ID \(configuration.routerID)")
    advertise(through: instance, at: now)
    return instance
  }

  private var presentAddresses: Set<DeviceAddress> {
    Set(
      links.flatMap { link in
        link.addresses.filter { !$0.isTentative }.map { DeviceAddress(device: link.name, address: $0.address) }
      })
  }

  /// The devices that the configuration names for OSPF and that do not exist.
  var missingDevices: [InterfaceConfiguration] {
    let existing = Set(links.map(\.name))
    return configuration.interfaces.filter { interface in
      let isUsed =
        interface.ospf != InterfaceParameters() || !interface.ospfByAddress.isEmpty || interface.ospf6 != InterfaceParameters()
      return isUsed && !existing.contains(interface.name)
    }
  }

  private func reportAbsentDevices() {
    let missing = Set(missingDevices.map(\.name))
    for name in missing.subtracting(absentDevices).sorted() {
      eventLog.report("interfaceAbsent", .warning, "\(name): configured, but there is no such device; waiting for it")
    }
    for name in absentDevices.subtracting(missing).sorted() {
      eventLog.report("interfacePresent", .notice, "\(name): the device is there")
    }
    absentDevices = missing
  }

  // MARK: - Sockets

  private static let socketRetryInterval = Duration.seconds(5)

  /// Opens the sockets that the interfaces need and that are not open.
  func openMissingSockets(at now: Instant) {
    socketRetry = nil
    for instance in instances {
      for index in instance.wantedSockets.sorted() where instance.sockets[index] == nil {
        openSocket(of: instance, interfaceIndex: index, at: now)
      }
    }
  }

  private func openSocket(of instance: OSPFInstance, interfaceIndex: UInt32, at now: Instant) {
    let name = deviceName(interfaceIndex)
    do {
      instance.sockets[interfaceIndex] = try OSPFSocket(
        instance.kind.version.ipVersion, interfaceIndex: interfaceIndex, on: eventLoop,
        callbacks: callbacks(of: instance, interfaceIndex: interfaceIndex))
    } catch  where error.code == EPERM || error.code == EACCES {
      end(
        .failed(
          "no permission to open a raw socket on \(name): run as root, or grant CAP_NET_RAW and CAP_NET_ADMIN "
            + "(systemd: AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN)"))
    } catch {
      socketRetry = now + Self.socketRetryInterval
      var report = EventReport(
        time: .now, level: "error", kind: "socketFailed", message: "\(name): cannot open a raw socket, trying again: \(error)")
      report.interface = name
      eventLog.reportLimited("socket", report, at: now)
    }
  }

  private func callbacks(of instance: OSPFInstance, interfaceIndex: UInt32) -> OSPFSocket.Callbacks {
    OSPFSocket.Callbacks(
      received: { [weak self, kind = instance.kind] datagram in
        guard self?.assumeIsolated({ $0.isMeant(datagram, for: kind) }) ?? false else { return }
        instance.router.receive(datagram, at: MonotonicClock.now())
      },
      receivedAll: { [weak self] in self?.assumeIsolated { $0.settle(at: MonotonicClock.now()) } },
      malformed: { [weak self] header in
        self?.assumeIsolated { $0.socketDropped(on: interfaceIndex, reason: "\(header)") }
      },
      transmissionFailed: { [weak self] transmission, error in
        self?.assumeIsolated { $0.transmissionFailed(transmission, error) }
      },
      failed: { [weak self, kind = instance.kind] error in
        self?.assumeIsolated { $0.socketFailed(of: kind, interfaceIndex: interfaceIndex, error) }
      })
  }

  /// Two instances of OSPFv3 on one device hear the same packets. Each takes its own; what has the Instance ID of none is for the
  /// first, which says so.
  private func isMeant(_ datagram: Datagram, for kind: ProtocolInstance) -> Bool {
    guard kind.version == .v3 else { return true }
    let sharing = instances.filter { $0.kind.version == .v3 && $0.sockets[datagram.interfaceIndex] != nil }
    guard sharing.count > 1 else { return true }
    let instanceID = PacketHeader.instanceID(of: datagram.bytes)
    let owner = sharing.first { $0.instanceIDs(on: datagram.interfaceIndex).contains { $0 == instanceID } }
    return (owner ?? sharing[0]).kind == kind
  }

  private func socketFailed(of kind: ProtocolInstance, interfaceIndex: UInt32, _ error: any Error) {
    let now = MonotonicClock.now()
    for instance in instances where instance.kind == kind { instance.sockets[interfaceIndex] = nil }
    socketRetry = now + Self.socketRetryInterval
    var report = EventReport(time: .now, level: "error", kind: "socketFailed", message: "")
    report.interface = deviceName(interfaceIndex)
    report.message = "\(deviceName(interfaceIndex)): the raw socket failed, opening another: \(error)"
    eventLog.reportLimited("socket", report, at: now)
    settle(at: now)
  }

  private func socketDropped(on interfaceIndex: UInt32, reason: String) {
    var report = EventReport(time: .now, level: "warning", kind: "packetRefused", message: "")
    report.interface = deviceName(interfaceIndex)
    report.reason = reason
    report.message = "\(deviceName(interfaceIndex)): something that is no IP packet was dropped: \(reason)"
    eventLog.reportLimited("malformedIPHeader", report, at: MonotonicClock.now())
  }

  private func transmissionFailed(_ transmission: Transmission, _ error: TransmissionError) {
    // What is down or gone is said by the link change that follows.
    guard error != .interfaceDown, error != .interfaceGone, error != .closed else { return }
    var report = EventReport(time: .now, level: "warning", kind: "transmissionFailed", message: "")
    report.interface = deviceName(transmission.interfaceIndex)
    report.address = transmission.destination.description
    report.reason = "\(error)"
    report.message =
      "\(deviceName(transmission.interfaceIndex)): packet from \(transmission.source) to \(transmission.destination) "
      + "not sent: \(error)"
    eventLog.reportLimited("transmission \(error)", report, at: MonotonicClock.now())
  }

  /// The name of a device, or its index where it has gone.
  func deviceName(_ index: UInt32) -> String { links.first { $0.index == index }?.name ?? "interface \(index)" }
}
