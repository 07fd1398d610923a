import FoundationEssentials
public import Subprocess

/// A program that was run to its end.
public struct CommandResult: Sendable {
  public var status: TerminationStatus
  public var output: String
  public var errorOutput: String
}

/// What went wrong in the lab, in words for the person who reads the test's failure.
public struct LabError: Error, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}

/// Runs programs to their end.
public enum Shell {
  /// Runs a program and gives back what it printed, whatever its exit status.
  public static func attempt(_ program: String, _ arguments: [String], input: String = "") async throws -> CommandResult {
    // env(1) finds a program by its name and by its path.
    let result = try await Subprocess.run(
      .name("env"), arguments: Arguments([program] + arguments), input: .string(input), output: .string(limit: 64 << 20),
      error: .string(limit: 1 << 20))
    return CommandResult(
      status: result.terminationStatus, output: result.standardOutput, errorOutput: result.standardError)
  }

  /// Runs a program that must succeed, and gives back its standard output.
  @discardableResult
  public static func run(_ program: String, _ arguments: [String], input: String = "") async throws -> String {
    let result = try await attempt(program, arguments, input: input)
    guard result.status.isSuccess else {
      throw LabError(
        "\(program) \(arguments.joined(separator: " ")): \(result.status): \(result.errorOutput)\(result.output.suffix(2000))")
    }
    return result.output
  }
}

/// Decodes what a program printed as JSON.
public func decoded<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
  do {
    return try JSONDecoder().decode(type, from: Data(text.utf8))
  } catch {
    throw LabError("this is not the JSON that was expected (\(error)): \(text.prefix(2000))")
  }
}

/// Waits until a condition holds, looking every tenth of a second. The deadline is for the case that it never does, and generous.
///
/// A condition that throws has not come true yet. When the deadline passes, the error says what was awaited and what `state` says.
public func eventually(
  _ what: String, within limit: Duration = .seconds(60), state: () async -> String = { "" },
  _ condition: () async throws -> Bool
) async throws {
  let clock = ContinuousClock()
  let deadline = clock.now + limit
  var lastError = ""
  while true {
    do {
      if try await condition() { return }
      lastError = ""
    } catch {
      lastError = " (\(error))"
    }
    guard clock.now < deadline else {
      throw LabError("\(what): not within \(limit)\(lastError)\n\(await state())")
    }
    try await Task.sleep(for: .milliseconds(100))
  }
}

/// Watches for a while that a condition keeps holding.
public func throughout(_ duration: Duration, _ what: String, _ condition: () async throws -> Bool) async throws {
  let clock = ContinuousClock()
  let end = clock.now + duration
  while clock.now < end {
    guard try await condition() else { throw LabError("\(what): no longer after \(clock.now - (end - duration))") }
    try await Task.sleep(for: .milliseconds(200))
  }
}
