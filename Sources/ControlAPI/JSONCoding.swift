import FoundationEssentials
import NIOCore

/// The one spelling of JSON on the control socket: sorted keys, so that the same state gives the same bytes, and no escaped
/// slashes, so that prefixes can be read.
public enum JSONCoding {
  /// Encodes a value on one line.
  public static func encode(_ value: some Encodable) throws -> ByteBuffer {
    try encode(value, formatting: [.sortedKeys, .withoutEscapingSlashes])
  }

  /// Encodes a value for people, indented.
  public static func encodeIndented(_ value: some Encodable) throws -> String {
    String(buffer: try encode(value, formatting: [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]))
  }

  /// Decodes a value.
  public static func decode<Value: Decodable>(_ type: Value.Type, from buffer: ByteBuffer) throws -> Value {
    try JSONDecoder().decode(type, from: Data(buffer.readableBytesView))
  }

  private static func encode(_ value: some Encodable, formatting: JSONEncoder.OutputFormatting) throws -> ByteBuffer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting
    return ByteBuffer(string: HarmlessText.json(String(decoding: try encoder.encode(value), as: UTF8.self)))
  }
}
