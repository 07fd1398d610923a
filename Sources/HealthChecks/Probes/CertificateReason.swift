import AnycastPolicy
import Configuration
import Glibc
import NIOSSL
import Synchronization

/// What a server's certificates say of themselves, seen in a handshake that is broken off.
final class PresentedCertificates: Sendable {
  private struct Validity {
    var begin: Int
    var end: Int
  }

  private let validities = Mutex<[Validity]>([])

  /// Takes in what the server has presented.
  func note(_ certificates: [NIOSSLCertificate]) {
    let seen = certificates.map { Validity(begin: $0.notValidBefore, end: $0.notValidAfter) }
    validities.withLock { $0 = seen }
  }

  /// Why they are not trusted; nil when the server has presented none. TLS libraries say of every certificate that they do not take that
  /// it could not be verified, and each reason has another remedy.
  func reason(_ trust: HTTPCheck.Trust, now: Int = time(nil)) -> String? {
    let seen = validities.withLock { $0 }
    guard !seen.isEmpty else { return nil }
    if let expired = seen.map(\.end).filter({ $0 < now }).min() { return "the certificate expired \(Self.ago(now - expired))" }
    if let early = seen.map(\.begin).filter({ $0 > now }).max() {
      return "the certificate is valid only in \(Self.span(early - now)): look at the clocks"
    }
    let authority =
      switch trust {
      case .authority(let file): "no authority in \(file) has signed the certificate"
      case .system, .anybody: "no authority that this system trusts has signed the certificate"
      }
    return authority + (seen.count == 1 ? ", and the server sends no intermediate certificate" : "")
  }

  private static func ago(_ seconds: Int) -> String { "\(span(seconds)) ago" }

  private static func span(_ seconds: Int) -> String {
    switch seconds {
    case ..<120: "\(max(seconds, 0)) s"
    case ..<7200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(seconds / 86400) days"
    }
  }
}
