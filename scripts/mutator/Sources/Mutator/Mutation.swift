/// A change of one place of one file, which the built program makes or does not make: `before + original + after` stands where the
/// original stood, and both name the number of the mutation as `#`.
struct Mutation: Sendable {
  /// Where it is, robust against changes elsewhere in the file: the equivalent ones are known by this.
  struct Identity: Hashable, Sendable {
    var file: String
    var function: String
    var change: String
  }

  var number = 0
  var module: String
  var identity: Identity
  var line: Int
  /// The octets of the file that are wrapped.
  var range: Range<Int>
  var before: String
  var after: String
}
