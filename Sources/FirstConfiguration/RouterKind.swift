/// The routers whose language the other side's lines are written in.
public enum RouterKind: String, CaseIterable, Sendable {
  case frr = "FRR"
  case ios = "IOS"
  case nxos = "NX-OS"
  case junos = "Junos"
  case eos = "EOS"
  case bird = "BIRD"
  case routerOS = "RouterOS"
  case vyos = "VyOS"

  /// The kind that is called `name`, in any case, with or without the hyphen.
  public init?(named name: String) {
    func plain(_ text: String) -> String { text.lowercased().filter { $0 != "-" } }
    guard let kind = Self.allCases.first(where: { plain($0.rawValue) == plain(name) }) else { return nil }
    self = kind
  }
}
