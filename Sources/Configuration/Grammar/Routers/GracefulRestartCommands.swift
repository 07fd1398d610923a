import OSPFProtocol
import OSPFWire

/// `graceful-restart` in `router ospf` and `router ospf6`, as FRR spells it (RFC 3623, RFC 5187).
enum GracefulRestartCommands {
  static let all =
    [own] + ["graceful-restart helper enable", "graceful-restart helper-only"].map(helper)
    + [strict, lsaCheck, plannedOnly, longest]

  private static let own = Command("graceful-restart") { arguments, draft throws(ConfigurationError) in
    // Said, it is also what is wanted after a crash.
    var period = GracefulRestartStatements.defaultGracePeriod
    if !arguments.isAtEnd {
      _ = try arguments.keyword(["grace-period"])
      period = try arguments.wholeSeconds(1...1800)
    }
    draft.editRouter {
      $0.gracefulRestart.isEnabled = true
      $0.gracefulRestart.gracePeriod = period
    }
  } undo: { arguments, draft throws(ConfigurationError) in
    let isPeriod = arguments.skip("grace-period")
    arguments.skipAll()
    draft.editRouter {
      $0.gracefulRestart.gracePeriod = nil
      if !isPeriod { $0.gracefulRestart.isEnabled = false }
    }
  }

  /// With a router ID it says that this neighbor is helped, and by that that others are not.
  private static func helper(_ phrase: String) -> Command {
    Command(phrase) { arguments, draft throws(ConfigurationError) in
      guard !arguments.isAtEnd else { return draft.editRouter { $0.gracefulRestart.helped = .everybody } }
      let routerID = try arguments.routerID()
      draft.editRouter { section in
        guard case .only(let others) = section.gracefulRestart.helped else {
          section.gracefulRestart.helped = .only([routerID])
          return
        }
        section.gracefulRestart.helped = .only(others.union([routerID]))
      }
    } undo: { arguments, draft throws(ConfigurationError) in
      guard !arguments.isAtEnd else { return draft.editRouter { $0.gracefulRestart.helped = .nobody } }
      let routerID = try arguments.routerID()
      var others: Set<RouterID> = []
      if case .only(let helped) = draft.routerSection?.gracefulRestart.helped { others = helped }
      draft.noteIfNothing(was: others.contains(routerID), arguments)
      guard others.remove(routerID) != nil else { return }
      draft.editRouter { $0.gracefulRestart.helped = others.isEmpty ? .nobody : .only(others) }
    }
  }

  private static let strict = Command("graceful-restart helper strict-lsa-checking") { _, draft throws(ConfigurationError) in
    draft.editRouter { $0.gracefulRestart.hasStrictLSAChecking = true }
  } undo: { _, draft throws(ConfigurationError) in
    draft.editRouter { $0.gracefulRestart.hasStrictLSAChecking = false }
  }

  /// The word of FRR's ospf6d before 8.5.
  private static let lsaCheck = Command("graceful-restart helper lsa-check-disable") { _, draft throws(ConfigurationError) in
    draft.editRouter { $0.gracefulRestart.hasStrictLSAChecking = false }
  } undo: { _, draft throws(ConfigurationError) in
    draft.editRouter { $0.gracefulRestart.hasStrictLSAChecking = true }
  }

  private static let plannedOnly = Command("graceful-restart helper planned-only") { _, draft throws(ConfigurationError) in
    draft.editRouter { $0.gracefulRestart.helpsOnlyPlanned = true }
  } undo: { _, draft throws(ConfigurationError) in
    draft.editRouter { $0.gracefulRestart.helpsOnlyPlanned = false }
  }

  private static let longest = Command("graceful-restart helper supported-grace-time") {
    arguments, draft throws(ConfigurationError) in
    let longest = try arguments.wholeSeconds(10...1800)
    draft.editRouter { $0.gracefulRestart.longestGracePeriod = longest }
  } undo: { arguments, draft throws(ConfigurationError) in
    arguments.skipAll()
    draft.editRouter { $0.gracefulRestart.longestGracePeriod = nil }
  }
}
