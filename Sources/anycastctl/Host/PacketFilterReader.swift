import Diagnosis
import FoundationEssentials
import Subprocess

/// Reads the rules of nftables, and of the older iptables where the kernel has tables of it.
struct PacketFilterReader {
  /// Where the tables of the network namespace are.
  let tables: String

  /// The filters that can be read; why others cannot is appended to `notLookedAt`.
  func read(into notLookedAt: inout [(what: String, reason: String)]) async -> [PacketFilter] {
    var filters: [PacketFilter] = []
    do {
      filters.append(try PacketFilter(nftables: await Tool.output("nft", ["-j", "list", "ruleset"])))
    } catch {
      notLookedAt.append(("packet filters", "\(error)"))
    }
    for (names, program, family) in [
      ("ip_tables_names", "iptables-legacy-save", PacketFilter.Family.ipv4),
      ("ip6_tables_names", "ip6tables-legacy-save", .ipv6),
    ] {
      guard let inUse = try? String(contentsOfFile: "\(tables)/\(names)", encoding: .utf8), !inUse.isEmpty else { continue }
      do {
        filters.append(PacketFilter(iptables: try await Tool.output(program, []), family))
      } catch {
        notLookedAt.append(("packet filters of \(program)", "\(error)"))
      }
    }
    return filters
  }
}

/// Programs of the system that tell what no file does.
enum Tool {
  /// Why a program did not tell.
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// What a program printed.
  static func output(_ program: String, _ arguments: [String]) async throws -> String {
    do {
      let result = try await run(
        .name(program), arguments: Arguments(arguments), output: .string(limit: 64 << 20), error: .string(limit: 1 << 16))
      guard result.terminationStatus.isSuccess else {
        let complaint = result.standardError.split(separator: "\n").first ?? "it failed"
        throw Failure(description: "\(program): \(complaint)")
      }
      return result.standardOutput
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(description: "\(program) cannot be run")
    }
  }
}
