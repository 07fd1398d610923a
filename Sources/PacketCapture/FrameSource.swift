/// Where frames come from: a file, or an interface.
protocol FrameSource: AnyObject {
  /// What the source is called in errors: the file's path or the interface's name.
  var name: String { get }
  /// The link layer of all frames: libpcap's number.
  var dataLink: Int32 { get }
  /// The next frame; nil when there is none any more.
  func next() throws(CaptureError) -> CapturedFrame?
}

/// One frame as libpcap hands it out.
struct CapturedFrame {
  /// Counted from 1.
  var number: Int
  /// The time since 1970-01-01 00:00:00 UTC.
  var timestamp: Duration
  /// What was captured of it.
  var bytes: [UInt8]
  /// Its length on the network.
  var originalLength: Int
}
