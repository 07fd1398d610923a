import Configuration
import OSPFProtocol
import OSPFWire

/// The configuration of anycast_healthchecker: a section for each service, with `DEFAULT` for what they have in common. Its checks become
/// ours; that it tells BIRD what to advertise is no longer needed.
enum AnycastHealthcheckerImport {
  static func translation(of file: INIFile, path: String) -> Translation {
    var translation = Translation()
    let defaults = file.sections.first { $0.name == "DEFAULT" }
    for section in file.sections where section.name != "DEFAULT" {
      if section.name == "daemon" {
        translation.remark(path, section.line, "'[daemon]' is left out: there is no file to write for BIRD")
        continue
      }
      let option = { (name: String) in section[name] ?? defaults?[name] }
      guard let prefix = option("ip_prefix"), let parsed = IPPrefix(prefix.value) else {
        translation.remark(path, section.line, "'[\(section.name)]' has no 'ip_prefix' that can be read, and is left out")
        continue
      }
      translation.block(
        "anycast service \(ServiceName.plain(section.name))", service(section, parsed, option, path, &translation))
    }
    return translation
  }

  private static func service(
    _ section: INIFile.Section, _ prefix: IPPrefix, _ option: (String) -> INIFile.Option?, _ path: String,
    _ translation: inout Translation
  ) -> [String] {
    var lines = ["address \(prefix)", "device \(option("interface")?.value ?? "lo")"]
    // The address is somebody else's to put on the interface, and the check of that may be switched off.
    let looksAtAddress = !isTrue(option("ip_check_disabled"))
    lines.append("address-mode \(looksAtAddress ? "present" : "none")")
    if isTrue(option("check_disabled")) {
      let isAdvertised = option("on_disabled")?.value == "advertise"
      lines += isAdvertised ? [] : ["shutdown"]
      translation.remark(
        path, option("check_disabled")?.line ?? section.line,
        "'[\(section.name)]' is not checked, and \(isAdvertised ? "advertised all the time" : "never advertised")")
      return lines
    }
    guard let command = option("check_cmd") else {
      translation.remark(path, section.line, "'[\(section.name)]' has no 'check_cmd': nothing is checked")
      return lines
    }
    var timing = CheckTiming(interval: 10_000, timeout: 2_000, rise: 2, fall: 2)
    if let value = option("check_interval").flatMap({ Decimal($0.value) }) { timing.interval = value.thousandths }
    if let value = option("check_timeout").flatMap({ Decimal($0.value) }) { timing.timeout = value.thousandths }
    if let value = option("check_rise").flatMap({ Int($0.value) }) { timing.rise = value }
    if let value = option("check_fail").flatMap({ Int($0.value) }) { timing.fall = value }
    lines.append("check exec \(CheckTiming.command(command.value)) \(timing.text)")
    for known in ["custom_bird_peers", "check_splay"] where option(known) != nil {
      translation.remark(path, option(known)?.line ?? section.line, "'\(known)' is left out")
    }
    return lines
  }

  private static func isTrue(_ option: INIFile.Option?) -> Bool {
    ["true", "yes", "on", "1"].contains(option?.value.lowercased() ?? "")
  }
}

/// How often and how patiently a check is made, within the bounds of the dialect.
struct CheckTiming {
  /// In milliseconds.
  var interval: Int
  var timeout: Int
  var rise: Int
  var fall: Int

  /// The options of `check`.
  var text: String {
    let interval = min(max(interval, 10), 86_400_000)
    let timeout = min(max(timeout, 1), interval)
    return "interval \(interval)ms timeout \(timeout)ms rise \(min(max(rise, 1), 1000)) fall \(min(max(fall, 1), 1000))"
  }

  /// A command as the shell runs it.
  static func command(_ text: String) -> String { "/bin/sh -c \(CheckKind.quoted(text))" }
}

/// A decimal number with up to three digits after the point.
struct Decimal {
  let thousandths: Int

  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let whole = Int(parts[0]), (0...1_000_000).contains(whole) else { return nil }
    let digits = parts.count == 2 ? String(parts[1].prefix(3)) : ""
    guard digits.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
    let padded = digits + String(repeating: "0", count: 3 - digits.count)
    thousandths = whole * 1000 + (Int(padded) ?? 0)
  }
}
