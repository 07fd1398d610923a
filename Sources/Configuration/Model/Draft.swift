import AnycastPolicy
import OSPFProtocol
import OSPFWire
import Redistribution

/// The configuration while it is being read: what the lines so far have said, and where they said what may turn out to be wrong
/// together with a later line.
struct Draft: Sendable {
  /// What the lines have said.
  var configuration = Configuration()
  /// Lines without effect, and with another one.
  private(set) var notices: [ConfigurationNotice] = []
  /// What the lines say about the kernel's addresses.
  private(set) var kernelAddresses: [KernelAddress] = []
  /// The block that the next line stands in.
  var context = Context.top
  /// Where things were said.
  var places: [Place: SourceLocation] = [:]
  /// The instance of each version, as the lines call it.
  var instances: [OSPFVersion: Place] = [:]
  /// The services with a line that could not be read: nothing can be said to be missing in them.
  private(set) var unreadServices: Set<Int> = []

  /// The lists that a file goes on with.
  private var continuations: Set<String> = []
  /// Which service has a name, an address, a prefix.
  private var serviceIndices: [String: Int] = [:]
  private var addressOwners: [IPAddress: Int] = [:]
  private var prefixOwners: [IPPrefix: Int] = [:]

  /// A block.
  enum Context: Hashable, Sendable {
    case top
    /// The interface's place in `configuration.interfaces`.
    case interface(Int)
    case router(OSPFVersion)
    /// The service's place in `configuration.services`.
    case service(Int)
    /// The entry by its name and sequence number.
    case routeMap(String, UInt16)
    case keyChain(String)
    /// The key by its chain and number.
    case chainKey(String, UInt32)
    case bfd
    case bfdProfile(String)
    case bfdPeer(BFDPeerName)
    /// An interface in a VRF: none of this daemon's.
    case interfaceInVRF
    case lineVTY
    /// A block of another daemon.
    indirect case foreign(ForeignBlock)

    /// The block's commands.
    var node: Grammar.Node {
      switch self {
      case .top: .top
      case .interface, .interfaceInVRF: .interface
      case .router(.v2): .routerOSPF
      case .router(.v3): .routerOSPF6
      case .service: .service
      case .routeMap: .routeMap
      case .keyChain, .chainKey: .keyChain
      case .bfd, .bfdProfile, .bfdPeer: .bfd
      case .foreign: .top
      case .lineVTY: .lineVTY
      }
    }
  }

  /// Something that was said and is checked against other lines. Services are named by their place in `configuration.services`.
  enum Place: Hashable, Sendable {
    case service(Int)
    case serviceAddress(Int, IPAddress)
    case require(Int)
    case drain(Int)
    case rise(Int)
    case degraded(Int)
    case minimumNodes(Int)
    case stateTag(Int)
    case installRoute(Int)
    case timers(interface: String, OSPFVersion, IPv4Address?)
    case addressFamily(interface: String)
    case routerID(OSPFVersion?)
    case network(IPv4Prefix)
    case interfaceArea(String, OSPFVersion, IPv4Address?)
    case area(OSPFVersion, AreaID)
    /// A list, a route-map or the like: the words that its lines begin with, and its name.
    case list(String, String)
    case chainKey(String, UInt32)
    /// `router ospf` or `router ospf6` itself.
    case router(OSPFVersion)
    /// The number of an instance, where it has one.
    case instance(OSPFVersion, String?)
    /// `area A authentication`
    case areaAuthentication(AreaID)
    case networkType(interface: String, OSPFVersion)
    /// Of an interface, or of one of its addresses.
    case authentication(String, IPv4Address?)
    case authenticationKey(String, IPv4Address?)
    case bfdProfile(String)
    case bfdPeer(BFDPeerName)
    /// Where a profile is referred to.
    case bfdPeerProfile(BFDPeerName)
    case bfdInterfaceProfile(String, OSPFVersion)
    case trailer(String)
    case neighborFilter(String, OSPFVersion, IPv4Address?)
    /// The command of a route-map entry.
    case routeMapLine(String, UInt16, String)
  }

  /// Takes note of a line that has no effect or another one.
  mutating func note(
    _ kind: ConfigurationNotice.Kind, _ arguments: Arguments, _ reason: String, isSecret: Bool = false
  ) {
    let line = arguments.line
    notices.append(
      ConfigurationNotice(
        location: line.location(of: line.words.first), kind: kind,
        line: isSecret ? (arguments.isNegated ? "no " : "") + arguments.commandText : line.text,
        reason: reason))
  }

  /// Puts a block of another daemon in the place of what is being read, and takes note of it.
  mutating func beginForeignBlock(_ arguments: Arguments, _ reason: String, ownWords: Set<String> = []) {
    arguments.isNegated
      ? note(.withoutEffect, arguments, "already the default")
      : note(.withoutEffect, arguments, reason)
    guard !arguments.isNegated else { return }
    let parent =
      switch context {
      case .interface, .interfaceInVRF, .bfd: context
      default: Context.top
      }
    context = .foreign(
      ForeignBlock(
        notice: notices.count - 1, indentation: arguments.line.indentation, ownWords: ownWords, parent: parent))
  }

  /// A line more belongs to the block of another daemon that is being read.
  mutating func countForeignLine(isIndented: Bool) {
    guard case .foreign(var block) = context else { return }
    block.lineCount += 1
    block.isIndented = block.isIndented || isIndented
    context = .foreign(block)
    notices[block.notice].lineCount = block.lineCount + 1
  }

  /// Takes note of a line that undoes something, when there was nothing to undo.
  mutating func noteIfNothing(was wasThere: Bool, _ arguments: Arguments) {
    if !wasThere { note(.withoutEffect, arguments, "there is nothing above that it undoes") }
  }

  /// A list gets a line. What two files say about lists of one name was said to two daemons, of which each had a list of its own.
  mutating func begin(_ list: Place, _ arguments: Arguments) {
    guard let first = places[list] else {
      places[list] = arguments.location
      return
    }
    guard first.path != arguments.line.path, continuations.insert(arguments.line.path + "\n\(list)").inserted else { return }
    note(
      .changedMeaning, arguments,
      "it goes on where \(first.path) stopped: all files share their lists, while each daemon of Quagga had its own")
  }

  /// Takes a note that has been written elsewhere.
  mutating func note(_ notice: ConfigurationNotice) { notices.append(notice) }

  /// Takes note of something that only shows when all lines have been read.
  mutating func note(_ kind: ConfigurationNotice.Kind, line: String, at place: Place, _ reason: String) {
    guard let location = places[place] else { return }
    notices.append(ConfigurationNotice(location: location, kind: kind, line: line, reason: reason))
  }

  /// A line of the block that is being read could not be read.
  mutating func lineFailed() {
    if case .service(let index) = context { unreadServices.insert(index) }
  }

  /// The place of an interface among the interfaces, where it is put when it is new.
  mutating func interfaceIndex(_ name: String) -> Int {
    if let index = configuration.interfaces.firstIndex(where: { $0.name == name }) { return index }
    configuration.interfaces.append(InterfaceConfiguration(name: name))
    return configuration.interfaces.count - 1
  }

  /// Changes the interface whose block is being read.
  mutating func editInterface(_ change: (inout InterfaceConfiguration) -> Void) {
    guard case .interface(let index) = context else { return }
    change(&configuration.interfaces[index])
  }

  /// The interface whose block is being read has an address.
  mutating func addKernelAddress(_ address: IPAddress, length: Int, _ origin: RuleOrigin) {
    guard case .interface(let index) = context else { return }
    removeKernelAddress(address)
    let device = configuration.interfaces[index].name
    kernelAddresses.append(KernelAddress(device: device, address: address, prefixLength: length, origin: origin))
  }

  /// The interface whose block is being read does not have an address.
  mutating func removeKernelAddress(_ address: IPAddress) {
    guard case .interface(let index) = context else { return }
    let device = configuration.interfaces[index].name
    kernelAddresses.removeAll { $0.device == device && $0.address == address }
  }

  /// Changes the router whose block is being read.
  mutating func editRouter(_ change: (inout RouterSection) -> Void) {
    guard case .router(let version) = context else { return }
    var section = configuration[version] ?? RouterSection()
    change(&section)
    configuration[version] = section
  }

  /// Changes the service whose block is being read.
  mutating func editService(_ change: (inout ServiceConfiguration, Int) -> Void) {
    guard case .service(let index) = context else { return }
    change(&configuration.services[index], index)
  }

  /// Begins a service's block. Returns where the name has been used already.
  mutating func beginService(_ name: String, at location: SourceLocation) -> SourceLocation? {
    if let first = serviceIndices[name] { return places[.service(first)] }
    configuration.services.append(ServiceConfiguration(name: name))
    let index = configuration.services.count - 1
    serviceIndices[name] = index
    places[.service(index)] = location
    context = .service(index)
    return nil
  }

  /// Gives an address to the service whose block is being read. Returns what stands in the way: an address of this service, or
  /// an address or prefix of another.
  mutating func add(_ address: ServiceAddress, at location: SourceLocation) -> (reason: String, place: SourceLocation)? {
    guard case .service(let index) = context else { return nil }
    let prefixOwner = prefixOwners[address.prefix].flatMap { $0 == index ? nil : $0 }
    if let owner = addressOwners[address.address] ?? prefixOwner {
      let service = configuration.services[owner]
      let same = service.addresses.first { $0.address == address.address || $0.prefix == address.prefix }
      if let same, let place = places[.serviceAddress(owner, same.address)] {
        return ("service '\(service.name)' has \(same.prefix) already", place)
      }
    }
    addressOwners[address.address] = index
    prefixOwners[address.prefix] = index
    places[.serviceAddress(index, address.address)] = location
    configuration.services[index].addresses.append(address)
    return nil
  }

  /// Takes an address from the service whose block is being read.
  mutating func remove(_ address: ServiceAddress) {
    guard case .service(let index) = context, configuration.services[index].addresses.contains(address) else { return }
    configuration.services[index].addresses.removeAll { $0 == address }
    addressOwners[address.address] = nil
    let keepsPrefix = configuration.services[index].addresses.contains { $0.prefix == address.prefix }
    if !keepsPrefix { prefixOwners[address.prefix] = nil }
  }
}
