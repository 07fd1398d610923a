import ArgumentParser
import Configuration

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Validate the configuration; print it resolved, and which lines have no effect.",
    discussion: "What is printed is itself a configuration: lines without effect are listed as comments. Secrets are not shown: "
      + "a placeholder stands in their place, with which the configuration is refused.")

  @OptionGroup var files: ConfigurationOptions

  @Flag(help: "Print secrets too.")
  var showSecrets = false

  func run() throws {
    let parsed: ParsedConfiguration
    do {
      parsed = try files.files.load()
    } catch {
      throw OperatorError(lines: error.lines)
    }
    for notice in parsed.notices { print("! \(notice)") }
    for network in parsed.configuration.unprotectedNetworks { print("! caution: \(network)") }
    print(parsed.configuration.rendered(showingSecrets: showSecrets), terminator: "")
  }
}
