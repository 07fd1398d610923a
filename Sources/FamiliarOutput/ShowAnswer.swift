import ControlAPI

extension ShowCommand {
  /// The answer of vtysh, made of what the daemon says, without a line feed at its end.
  public func answer(_ node: NodeState) throws(ShowError) -> String {
    if case .bfdPeers(let selection) = subject { return try answer(selection, node.bfd) }
    let protocolName = protocolName
    guard let instance = node.instance(protocolName) else {
      return isJSON ? "{}" : protocolName == .ospfV2 ? "% OSPF instance not found" : "% OSPFv3 instance not found"
    }
    guard isJSON else { return (namesVRF ? "VRF Name: default\n" : "") + (try text(instance)) }
    if let answer = noSuchInterface(instance) { return answer.rendered }
    let answer = try json(instance)
    guard namesVRF else { return answer.rendered }
    var vrf: JSON = ["vrfName": "default", "vrfId": 0]
    vrf.merge(answer)
    return JSON.object([JSON.Member(key: "default", value: vrf)]).rendered
  }

  /// The configuration of the daemon as `show running-config` prints it. Nil for other commands.
  public func answer(configuration: String) -> String? {
    guard case .runningConfiguration(let hasHeader) = subject else { return nil }
    return (hasHeader ? "Building configuration...\n\nCurrent configuration:\n!\n" : "") + configuration + "end"
  }

  private func answer(_ selection: BFDSelection, _ sessions: [BFDSessionReport]) throws(ShowError) -> String {
    switch selection {
    case .all:
      let output = BFDPeerOutput(sessions, only: nil)
      return isJSON ? output.json.rendered : output.text
    case .brief:
      let output = BFDPeerOutput(sessions, only: nil)
      return isJSON ? output.json.rendered : output.briefText
    case .counters:
      let output = BFDPeerOutput(sessions, only: nil)
      return isJSON ? output.counterJSON.rendered : output.counterText
    case .peer(let address):
      let output = BFDPeerOutput(sessions, only: address)
      guard !output.isEmpty else { throw .notHere("there is no BFD session with '\(address)'") }
      return isJSON ? output.peerJSON.rendered : output.peerText
    }
  }

  private var protocolName: ProtocolName {
    switch subject {
    case .ospf, .ospfNeighbors, .ospfInterfaces, .ospfTraffic, .ospfDatabase, .bfdPeers, .runningConfiguration: .ospfV2
    case .ospf6, .ospf6Neighbors, .ospf6DesignatedRouterChoice, .ospf6Interfaces, .ospf6Traffic, .ospf6Database: .ospfV3
    }
  }

  private func text(_ instance: InstanceState) throws(ShowError) -> String {
    switch subject {
    case .ospf: OSPFInstanceOutput(instance).text
    case .ospfNeighbors(let selection): try OSPFNeighborOutput(instance, selection).text
    case .ospfInterfaces(let name): try OSPFInterfaceOutput(instance, only: name).text
    case .ospfTraffic(let name): try TrafficOutput(instance, only: name).ospfText
    case .ospfDatabase(let selection): OSPFDatabaseOutput(instance: instance, selection: selection).text
    case .ospf6: OSPF6InstanceOutput(instance).text
    case .ospf6Neighbors(let selection): OSPF6NeighborOutput(instance, selection).text
    case .ospf6DesignatedRouterChoice: OSPF6NeighborOutput(instance, NeighborSelection()).choiceText
    case .ospf6Interfaces(let name): try OSPF6InterfaceOutput(instance, only: name).text
    case .ospf6Traffic(let name): try TrafficOutput(instance, only: name).ospf6Text
    case .ospf6Database(let selection): OSPF6DatabaseOutput(instance: instance, selection: selection).text
    case .bfdPeers, .runningConfiguration: ""
    }
  }

  /// What says in JSON that there is no such interface; in text it is an error with the nearest name.
  private func noSuchInterface(_ instance: InstanceState) -> JSON? {
    switch subject {
    case .ospfInterfaces(let name?) where !instance.has(name): ["noSuchIface": true]
    case .ospf6Interfaces(let name?) where !instance.has(name): ["noSuchInterface": .text(name)]
    default: nil
    }
  }

  private func json(_ instance: InstanceState) throws(ShowError) -> JSON {
    switch subject {
    case .ospf: OSPFInstanceOutput(instance).json
    case .ospfNeighbors(let selection): try OSPFNeighborOutput(instance, selection).json
    case .ospfInterfaces(let name): try OSPFInterfaceOutput(instance, only: name).json
    case .ospfTraffic(let name): try TrafficOutput(instance, only: name).ospfJSON
    case .ospfDatabase(let selection): OSPFDatabaseOutput(instance: instance, selection: selection).json
    case .ospf6: OSPF6InstanceOutput(instance).json
    case .ospf6Neighbors(let selection): OSPF6NeighborOutput(instance, selection).json
    case .ospf6DesignatedRouterChoice: OSPF6NeighborOutput(instance, NeighborSelection()).choiceJSON
    case .ospf6Interfaces(let name): try OSPF6InterfaceOutput(instance, only: name).json
    case .ospf6Traffic(let name): try TrafficOutput(instance, only: name).ospf6JSON
    case .ospf6Database(let selection): OSPF6DatabaseOutput(instance: instance, selection: selection).json
    case .bfdPeers, .runningConfiguration: [:]
    }
  }
}

extension InstanceState {
  /// Whether there is an interface on a device.
  fileprivate func has(_ name: String) -> Bool { interfaces.contains { $0.interface == name } }

  /// The interfaces on a device, or all. Throws when there is none.
  func interfaces(named name: String?) throws(ShowError) -> [InterfaceReport] {
    guard let name else { return interfaces }
    let named = interfaces.filter { $0.interface == name }
    guard !named.isEmpty else { throw .unknownInterface(name, known: interfaces.map(\.interface)) }
    return named
  }
}
