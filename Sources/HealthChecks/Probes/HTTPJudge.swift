import AnycastPolicy
import Configuration
import NIOCore

/// Judges an answer while it arrives, so that no more of it is read than is needed.
struct HTTPJudge {
  /// How much of a page is searched, in octets.
  static let searchLimit = 1 << 20

  /// What an answer is worth so far.
  enum Judgement: Hashable, Sendable {
    case undecided, right
    case wrong(String)
  }

  private let status: ClosedRange<Int>
  private let wanted: [UInt8]?
  private let wantedText: String
  private var content = ByteBuffer()

  init(_ check: HTTPCheck) {
    status = check.status
    wanted = check.body.map { Array($0.utf8) }
    wantedText = check.body ?? ""
  }

  /// The status decides, unless there is something to look for in the content.
  func head(status code: Int) -> Judgement {
    guard status.contains(code) else {
      return .wrong("status \(code), expected \(status.lowerBound)\(status.count > 1 ? "-\(status.upperBound)" : "")")
    }
    return wanted == nil ? .right : .undecided
  }

  /// The next part of the content.
  mutating func content(_ part: ByteBuffer) -> Judgement {
    guard let wanted else { return .undecided }
    // What is wanted may begin in the parts before this one.
    let start = max(content.writerIndex - wanted.count + 1, 0)
    content.writeImmutableBuffer(part)
    if content.readableBytesView[start...].includes(wanted) { return .right }
    return content.writerIndex >= Self.searchLimit
      ? .wrong("the first \(Self.searchLimit >> 10) KiB of the page do not contain '\(wantedText)'") : .undecided
  }

  /// The content has ended.
  func end() -> Judgement { wanted == nil ? .undecided : .wrong("the page does not contain '\(wantedText)'") }
}

extension ByteBufferView {
  /// Whether `other` occurs in it.
  func includes(_ other: [UInt8]) -> Bool {
    guard let first = other.first else { return true }
    var rest = self
    while let index = rest.firstIndex(of: first) {
      rest = rest[index...]
      if rest.starts(with: other) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
