import NIOHTTP1
import NIOSSL

/// The words for an error of an exchange over HTTP with a server of a name.
func httpFailure(_ error: any Error, host: String) -> String {
  switch error {
  case let error as NIOSSLExtraError where error == .failedToValidateHostname: "TLS: the certificate is not for \(host)"
  case NIOSSLError.handshakeFailed(let error): "TLS: \(opensslReason(error))"
  case let error as NIOSSLError: "TLS: \(error)"
  case let error as NIOSSLExtraError: "TLS: \(error.description)"
  case HTTPParserError.invalidEOFState: "connection closed within the answer"
  case let error as HTTPParserError: "malformed answer: \(error)"
  default: socketFailure(error)
  }
}

/// Whether the server's certificate was not trusted.
func isCertificateRefusal(_ error: any Error) -> Bool {
  guard case NIOSSLError.handshakeFailed(let error) = error else { return false }
  return "\(error)".contains("CERTIFICATE_VERIFY_FAILED")
}

/// The reason at the end of OpenSSL's line, in small letters: `certificate verify failed`.
private func opensslReason(_ error: BoringSSLError) -> String {
  let text = "\(error)"
  let words = text.split { !$0.isUppercase && $0 != "_" }.map(String.init)
  let reason = words.last { $0.count > 3 && $0.contains("_") }
  return reason.map { $0.lowercased().split(separator: "_").joined(separator: " ") } ?? text
}
