import AnycastPolicy
import OSPFProtocol
import OSPFWire
import Redistribution

/// A service that was read by itself, and what its author should know about its lines.
public struct ParsedService: Hashable, Sendable {
  /// The validated service.
  public var service: ServiceConfiguration
  /// In the order of the lines.
  public var notices: [ConfigurationNotice]
}

extension Configuration {
  /// Reads what stands inside of an `anycast service` block, for a service that comes beside those of this configuration. It is validated
  /// as a file is; that no other service has its name or its addresses is not looked at here.
  ///
  /// Throws every error at once.
  public func parseService(_ name: String, _ file: SourceFile) throws(ConfigurationErrors) -> ParsedService {
    guard ServiceConfiguration.isName(name) else {
      throw ConfigurationErrors(errors: [
        ConfigurationError(
          location: SourceLocation(path: file.path, line: 1, column: 1), problem: .badValue, word: name,
          expected: ServiceConfiguration.nameExpectation)
      ])
    }
    var parser = Parser(onlyService: name)
    // What the notes about a service depend on, without what there could be other notes about.
    parser.draft.configuration = self
    parser.draft.configuration.services = []
    let beginning = SourceLocation(path: file.path, line: 1, column: 1)
    _ = parser.draft.beginService(name, at: beginning)
    parser.read(file)
    let addresses = parser.draft.configuration.services.flatMap(\.addresses)
    let routerIDs = Set([routerID, ospf?.routerID, ospf6?.routerID].compactMap { $0?.rawValue })
    for address in addresses {
      guard let v4 = address.address.v4, routerIDs.contains(v4.rawValue) else { continue }
      parser.complain(
        ConfigurationError(
          location: parser.draft.places[.serviceAddress(0, address.address)] ?? beginning,
          problem: .conflict("an anycast address cannot be the router ID, because every node of the service has it"),
          word: address.address.description))
    }
    let parsed = try parser.finish(order: [file.path])
    guard let service = parsed.configuration.services.first else {
      throw ConfigurationErrors(errors: [
        ConfigurationError(location: beginning, problem: .unreadable("there is no service in it"), word: "")
      ])
    }
    return ParsedService(service: service, notices: parsed.notices.filter { $0.location.path == file.path })
  }
}

extension ServiceConfiguration {
  /// What a service may be called.
  public static let nameExpectation = "a name of at most 63 letters, digits, '.', '-' and '_' that is no address"

  /// Whether a service may be called so.
  public static func isName(_ name: String) -> Bool {
    let isPlain = name.utf8.allSatisfy {
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || [UInt8(ascii: "."), 0x2D, 0x5F].contains($0)
    }
    return isPlain && 1...63 ~= name.utf8.count && IPAddress(name) == nil
  }

  /// The block as `show running-config` prints it, without secrets.
  public var rendered: String { lines(showingSecrets: false).joined(separator: "\n") }
}
