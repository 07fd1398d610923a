import ArgumentParser
import Configuration
import QuaggaImport

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Write files of Quagga, FRR, BIRD or a health checker as one configuration, with services.",
    discussion: "To the routers the configuration means the same as the files of Quagga, FRR and BIRD; that of a health checker "
      + "says what is checked, and not how it is advertised. Comments say what was made of what, which lines have no effect, and how a "
      + "service takes the place of a probe script.")

  @Argument(help: ArgumentHelp("The files, read in order.", valueName: "file"), completion: .file())
  var files: [String]

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Write to this new file, secrets included, instead of standard output.", valueName: "file"))
  var output: String?

  @Flag(help: "Replace the output file when there is one already.")
  var force = false

  @Option(help: ArgumentHelp("The device that the services' addresses are on, where no line says it.", valueName: "device"))
  var device = "lo"

  @Flag(help: "Print secrets to standard output too.")
  var showSecrets = false

  func run() throws {
    let imported: ImportedConfiguration
    do {
      let source = ConfigurationFiles(paths: files)
      let translated = TranslatedFiles(try source.read())
      imported = ImportedConfiguration(
        try source.parse(translated.files), from: files, device: device, remarks: translated.remarks,
        healthCheckers: translated.healthCheckers)
    } catch {
      throw OperatorError(lines: error.lines)
    }
    guard let output else { return print(imported.rendered(showingSecrets: showSecrets), terminator: "") }
    try write(imported.rendered(), to: output)
  }

  private func write(_ text: String, to path: String) throws {
    do throws(FileAccess.Failure) {
      try FileAccess.write(text, toNewFile: path, replacing: force)
    } catch {
      throw OperatorError(lines: ["\(error)\(error.isExistingFile ? "; --force replaces it" : "")"])
    }
  }
}
