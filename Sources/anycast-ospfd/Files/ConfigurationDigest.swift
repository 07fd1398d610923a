import Configuration
import Crypto

extension Configuration {
  /// The SHA-256 digest by which a recording names the configuration: of the native form without secrets, as `check` prints it. A secret
  /// of few bits could be guessed from a digest over it, so one that was changed leaves the digest as it is.
  var digest: String {
    SHA256.hash(data: Array(rendered(showingSecrets: false).utf8)).map { octet in
      let digits = String(octet, radix: 16)
      return octet < 16 ? "0" + digits : digits
    }.joined()
  }
}
