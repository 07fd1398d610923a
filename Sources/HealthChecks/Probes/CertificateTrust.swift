import AnycastPolicy
import Configuration
import NIOPosix
import NIOSSL
import Synchronization

/// Makes the client's side of TLS.
final class CertificateTrust: Sendable {
  private let trust: HTTPCheck.Trust
  /// The system's authorities are many, and are read once.
  private let cached = Mutex<NIOSSLContext?>(nil)

  init(_ trust: HTTPCheck.Trust) { self.trust = trust }

  /// What a handshake needs. A file of one's own is read every time, so that a new one counts, and on a thread that may block: a file
  /// system can hang.
  func context() async throws -> NIOSSLContext {
    try await NIOThreadPool.singleton.runIfActive { try self.makeContext() }
  }

  private func makeContext() throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    switch trust {
    case .system: break
    case .anybody: configuration.certificateVerification = .none
    case .authority(let file):
      do {
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
      } catch {
        throw UnreadableAuthority(file: file)
      }
      return try NIOSSLContext(configuration: configuration)
    }
    return try cached.withLock { cached in
      let context = try cached ?? NIOSSLContext(configuration: configuration)
      cached = context
      return context
    }
  }
}

/// A file has no certificates in it, or cannot be read.
struct UnreadableAuthority: Error, CustomStringConvertible {
  let file: String

  var description: String { "\(file): no certificates can be read from it" }
}
