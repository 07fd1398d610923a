import OSPFWire

/// The passwords of an interface of BIRD: `password "TEXT" { id N; algorithm ...; };`, once or several times.
struct BIRDPasswords {
  /// One of them.
  struct Password {
    var text: String
    /// BIRD counts those that have none.
    var id: Int
    /// Without its own, that of the version: keyed MD5 in OSPFv2, HMAC-SHA-256 in OSPFv3.
    var algorithm: Algorithm
  }

  /// What authenticates a packet, in the words of `cryptographic-algorithm`.
  enum Algorithm: String {
    case md5
    case hmacSHA1 = "hmac-sha-1"
    case hmacSHA256 = "hmac-sha-256"
    case hmacSHA384 = "hmac-sha-384"
    case hmacSHA512 = "hmac-sha-512"

    /// BIRD's words; nil for those that OSPF does not have.
    init?(_ words: some Sequence<String>) {
      switch words.joined(separator: " ") {
      case "keyed md5": self = .md5
      case "hmac sha1": self = .hmacSHA1
      case "hmac sha256": self = .hmacSHA256
      case "hmac sha384": self = .hmacSHA384
      case "hmac sha512": self = .hmacSHA512
      default: return nil
      }
    }
  }

  private(set) var passwords: [Password] = []
  /// What is left out, by line.
  private(set) var leftOut: [(line: Int, text: String)] = []

  init(_ block: [BIRDStatement], _ version: OSPFVersion) {
    for statement in block {
      switch statement.words.first {
      case "password": read(statement, version)
      case "passwords": for inner in statement.block { read(inner, version) }
      default: continue
      }
    }
  }

  private mutating func read(_ statement: BIRDStatement, _ version: OSPFVersion) {
    guard let quoted = statement.words.first(where: { $0.hasPrefix("\"") }) else { return }
    var password = Password(
      text: String(quoted.dropFirst()), id: (passwords.last?.id ?? 0) + 1, algorithm: version == .v2 ? .md5 : .hmacSHA256)
    for line in statement.block {
      switch line.words.first {
      case "id": password.id = line.words.last.flatMap { Int($0) } ?? password.id
      case "algorithm":
        guard let algorithm = Algorithm(line.words.dropFirst()) else {
          leftOut.append((line.line, "a password with '\(line.text)' is left out: OSPF has no such algorithm here"))
          return
        }
        password.algorithm = algorithm
      default:
        leftOut.append(
          (line.line, "'\(line.text)' of a password is left out: write 'send-lifetime' and 'accept-lifetime' in its key chain"))
      }
    }
    passwords.append(password)
  }

  /// Whether lines of the interface alone say it all.
  private var isOneOfMD5: Bool { passwords.count == 1 && passwords[0].algorithm == .md5 }

  /// The lines of an interface, after `ip ospf` or `ipv6 ospf6`, with the key chain that they may name; nil where these passwords cannot
  /// be used in this way.
  func lines(_ authentication: String, _ version: OSPFVersion, device: String) -> (interface: [String], chain: Chain?)? {
    guard let first = passwords.first else { return nil }
    switch (authentication, version) {
    case ("simple", .v2): return (["authentication", "authentication-key \(first.text)"], nil)
    case ("cryptographic", .v2):
      if isOneOfMD5 { return (["authentication message-digest", "message-digest-key \(first.id) md5 \(first.text)"], nil) }
      let chain = Chain(name: "bird-\(device)", passwords: passwords)
      return (["authentication key-chain \(chain.name)"], chain)
    case ("cryptographic", .v3) where !passwords.contains { $0.algorithm == .md5 }:
      let chain = Chain(name: "bird-\(device)-v3", passwords: passwords)
      return (["authentication keychain \(chain.name)"], chain)
    default: return nil
    }
  }

  /// A key chain in the dialect.
  struct Chain {
    var name: String
    var passwords: [Password]

    /// Its lines below `key chain NAME`.
    var lines: [String] {
      passwords.flatMap { ["key \($0.id)", "key-string \($0.text)", "cryptographic-algorithm \($0.algorithm.rawValue)"] }
    }
  }
}
