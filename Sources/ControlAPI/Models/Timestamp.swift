import FoundationEssentials

/// A point in wall-clock time with milliseconds, in JSON an RFC 3339 string in UTC: `2025-11-21T03:38:52.120Z`.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public var millisecondsSince1970: Int64

  public init(millisecondsSince1970: Int64) { self.millisecondsSince1970 = millisecondsSince1970 }

  /// What the system's clock says now.
  public static var now: Timestamp {
    Timestamp(millisecondsSince1970: Int64((Date().timeIntervalSince1970 * 1000).rounded()))
  }

  /// The timestamp `seconds` later.
  public func advanced(bySeconds seconds: Double) -> Timestamp {
    Timestamp(millisecondsSince1970: millisecondsSince1970 + Int64((seconds * 1000).rounded()))
  }

  /// Time from another one to this one.
  public func seconds(since other: Self) -> Double { Double(millisecondsSince1970 - other.millisecondsSince1970) / 1000 }

  public static func < (left: Self, right: Self) -> Bool { left.millisecondsSince1970 < right.millisecondsSince1970 }

  private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

extension Timestamp: CustomStringConvertible {
  /// The RFC 3339 text.
  public var description: String {
    // The style cuts what is below a millisecond off: half of one keeps the binary fraction from losing a whole one.
    Date(timeIntervalSince1970: (Double(millisecondsSince1970) + 0.5) / 1000).formatted(Self.style)
  }
}

extension Timestamp: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let date = try? Self.style.parse(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no RFC 3339 time")
    }
    millisecondsSince1970 = Int64((date.timeIntervalSince1970 * 1000).rounded())
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
