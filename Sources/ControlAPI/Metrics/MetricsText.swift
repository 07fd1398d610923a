/// The text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/), in which `GET /metrics` answers.
struct MetricsText {
  /// The media type of the format.
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// What kind of number a family is.
  enum Kind: String {
    case counter
    case gauge
    case histogram
  }

  /// So many series are written; what comes after is counted. Whoever has 10,000 services has a monitoring system that they break.
  static let seriesLimit = 20_000

  private(set) var text = ""
  private var seriesCount = 0
  private var leftOut = 0

  /// Writes a family: nothing where it has no series.
  mutating func family(_ name: String, _ kind: Kind, _ help: String, _ series: [Series]) {
    guard !series.isEmpty else { return }
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    for one in series {
      guard seriesCount < Self.seriesLimit else {
        leftOut += 1
        continue
      }
      seriesCount += one.count
      one.write(name, to: &text)
    }
  }

  /// Says how many series were left out, and ends the text.
  mutating func finish() {
    text +=
      "# HELP anycast_metrics_series_left_out Series beyond the limit of \(Self.seriesLimit), which are not in this answer.\n"
    text += "# TYPE anycast_metrics_series_left_out gauge\nanycast_metrics_series_left_out \(leftOut)\n"
  }

  /// One series of a family: its labels, and its value or its buckets.
  struct Series {
    enum Content {
      case value(Double)
      case histogram(Histogram)
    }

    var labels: [(name: String, value: String)]
    var content: Content

    init(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
      self.labels = labels.map { ($0.key, $0.value) }
      content = .value(value)
    }

    init(_ value: some BinaryInteger, _ labels: KeyValuePairs<String, String> = [:]) { self.init(Double(value), labels) }

    init(_ value: Bool, _ labels: KeyValuePairs<String, String> = [:]) { self.init(value ? 1.0 : 0.0, labels) }

    init(_ histogram: Histogram, _ labels: KeyValuePairs<String, String> = [:]) {
      self.labels = labels.map { ($0.key, $0.value) }
      content = .histogram(histogram)
    }

    /// How many series Prometheus makes of it: one for each bucket, the sum and the count.
    fileprivate var count: Int {
      switch content {
      case .value: 1
      case .histogram(let histogram): histogram.bounds.count + 3
      }
    }

    fileprivate func write(_ name: String, to text: inout String) {
      switch content {
      case .value(let value): text += "\(name)\(Self.braces(labels)) \(MetricsText.number(value))\n"
      case .histogram(let histogram):
        for (bound, count) in histogram.cumulative {
          text += "\(name)_bucket\(Self.braces(labels + [("le", bound.map(MetricsText.number) ?? "+Inf")])) \(count)\n"
        }
        text += "\(name)_sum\(Self.braces(labels)) \(MetricsText.number(histogram.sum))\n"
        text += "\(name)_count\(Self.braces(labels)) \(histogram.count)\n"
      }
    }

    private static func braces(_ labels: [(name: String, value: String)]) -> String {
      labels.isEmpty ? "" : "{" + labels.map { "\($0.name)=\"\(HarmlessText.label($0.value))\"" }.joined(separator: ",") + "}"
    }
  }

  /// A whole number without a fraction, any other as the shortest text that is the same number.
  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
    return value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : "\(value)"
  }
}

/// How often something took how long.
public struct Histogram: Hashable, Sendable {
  /// Upper bounds in seconds; beyond the last there is one bucket more.
  let bounds: [Double]
  private var counts: [UInt64]
  private(set) var sum = 0.0

  /// An empty histogram with bounds in ascending order.
  init(bounds: [Double]) {
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.count + 1)
  }

  /// How often anything was observed.
  var count: UInt64 { counts.reduce(0, +) }

  /// Counts something that took `seconds`.
  mutating func observe(_ seconds: Double) {
    counts[bounds.firstIndex { seconds <= $0 } ?? bounds.count] += 1
    sum += seconds
  }

  /// The counts of what took no longer than each bound; nil is no bound.
  fileprivate var cumulative: [(bound: Double?, count: UInt64)] {
    var total: UInt64 = 0
    return zip(bounds.map(Optional.some) + [nil], counts).map { bound, count in
      total += count
      return (bound, total)
    }
  }
}
