import Configuration
import OSPFProtocol
import OSPFWire

/// Takes the input for a configuration file. What is accepted must print as text that parses to an equal configuration; what is
/// refused must say where and why.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzConfiguration(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  guard let configuration = parse(bytes) else { return 0 }
  let text = configuration.rendered()
  guard let again = parse(Array(text.utf8)) else {
    preconditionFailure("refused what was printed:\n\(text)")
  }
  precondition(again == configuration, "does not read back equal:\n\(text)\n\(again.rendered())")
  for instance in ProtocolInstance.allCases {
    _ = configuration.routerConfiguration(of: instance, links: [])
    _ = configuration.interfaceDefinitions(of: instance, links: [])
  }
  return 0
}

func parse(_ bytes: [UInt8]) -> Configuration? {
  do throws(ConfigurationErrors) {
    return try Configuration.parse([SourceFile(path: "fuzz.conf", bytes: bytes)]).configuration
  } catch {
    precondition(!error.errors.isEmpty && !error.description.isEmpty)
    for error in error.errors { precondition(error.location.line >= 1 && error.location.column >= 1) }
    return nil
  }
}
