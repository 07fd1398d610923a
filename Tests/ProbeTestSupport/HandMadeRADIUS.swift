import Crypto

/// Writes RADIUS packets by hand, right ones and wrong ones.
public enum HandMadeRADIUS {
  /// An answer to `request` with attributes, and a Message-Authenticator behind them unless it is left out.
  public static func answer(
    to request: [UInt8], code: UInt8 = 2, attributes: [UInt8] = [], secret: String, hasMessageAuthenticator: Bool = true,
    spoilsMessageAuthenticator: Bool = false
  ) -> [UInt8] {
    let secret = Array(secret.utf8)
    let tail: [UInt8] = hasMessageAuthenticator ? [80, 18] + [UInt8](repeating: 0, count: 16) : []
    let length = 20 + attributes.count + tail.count
    let header = [code, request[1], UInt8(length >> 8), UInt8(length & 0xFF)]
    let authenticator = Array(request[4..<20])
    var body = attributes + tail
    if hasMessageAuthenticator {
      let digest = HMAC<Insecure.MD5>.authenticationCode(
        for: header + authenticator + body, using: SymmetricKey(data: secret))
      body.replaceSubrange((body.count - 16)..., with: Array(digest))
      if spoilsMessageAuthenticator { body[body.count - 1] ^= 1 }
    }
    return header + Array(Insecure.MD5.hash(data: header + authenticator + body + secret)) + body
  }
}
