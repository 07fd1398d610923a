import OSPFWire

/// Whether everybody knows what is advertised, and no longer believes what is not.
extension Router {
  /// A prefix is announced, announced differently, or withdrawn. What some neighbor has yet to acknowledge of the change before counts for
  /// this one too: a withdrawal that was taken back and is wanted again has still not been heard by everybody.
  func noteChange(of prefix: IPPrefix, isAnnouncement: Bool) {
    let unheard = origination.pendingChanges[prefix]?.waitsFor ?? []
    origination.pendingChanges[prefix] = .init(isAnnouncement: isAnnouncement, waitsFor: unheard)
    origination.changed.append(prefix)
  }

  /// Among `prefixes`, those that have just been changed wait until everybody has acknowledged the LSA.
  func awaitChanges(_ prefixes: [IPPrefix], in identity: LSAIdentity) {
    guard !origination.changed.isEmpty else { return }
    for prefix in prefixes where origination.changed.contains(prefix) {
      guard origination.pendingChanges[prefix]?.waitsFor.insert(identity).inserted == true else { continue }
      origination.waiting[identity, default: []].append(prefix)
    }
  }

  /// When a restart has just ended: the prefixes in an LSA of the previous run, among which may be some that were withdrawn meanwhile.
  func prefixesBeforeRestart(_ identity: LSAIdentity) -> [IPPrefix] {
    guard origination.takesOver, let database = database(of: identity.scope), let slot = database.slot(of: identity.key),
      let body = database.body(slot)
    else { return [] }
    return configuration.addressFamily.destinations(of: body, linkStateID: identity.key.linkStateID)
  }

  /// Nobody has an LSA any more, and nobody will: what has waited for its acknowledgment is looked at again.
  func awaitNobody(for identity: LSAIdentity) {
    for prefix in origination.waiting.removeValue(forKey: identity) ?? [] {
      guard origination.pendingChanges[prefix]?.waitsFor.remove(identity) != nil else { continue }
      origination.changed.append(prefix)
    }
  }

  /// Reports the changes that no LSA carries: withdrawals of what was never announced. Whether an announcement can be carried is
  /// not known before there is an area.
  func reportUncarriedChanges() {
    let changed = origination.changed
    origination.changed = []
    for prefix in changed {
      if areas.isEmpty, origination.pendingChanges[prefix]?.isAnnouncement == true {
        origination.changed.append(prefix)
      } else {
        reportIfAcknowledged(prefix)
      }
    }
  }

  /// Every neighbor has acknowledged the database copy of an LSA, or there is none to do so.
  func lsaAcknowledged(_ identity: LSAIdentity, isRemoved: Bool, at now: Instant) {
    guard let record = origination.records[identity] else { return }
    if record.isWrapping {
      if isRemoved { endWrap(of: identity, at: now) }
      // Nothing begins anew where it has been withdrawn meanwhile.
      guard record.wanted == nil else { return }
    }
    // It may be the instance before the one that says what has changed.
    guard record.current?.body == record.wanted?.body else { return }
    for prefix in origination.waiting.removeValue(forKey: identity) ?? [] {
      guard origination.pendingChanges[prefix]?.waitsFor.remove(identity) != nil else { continue }
      reportIfAcknowledged(prefix)
    }
  }

  /// Section 12.1.6: nobody has the LSA with MaxSequenceNumber any more, and it begins anew.
  private func endWrap(of identity: LSAIdentity, at now: Instant) {
    origination.records[identity]?.isWrapping = false
    origination.records[identity]?.sequenceNumber = nil
    act(on: identity, at: now)
  }

  private func reportIfAcknowledged(_ prefix: IPPrefix) {
    guard let change = origination.pendingChanges[prefix], change.waitsFor.isEmpty else { return }
    origination.pendingChanges[prefix] = nil
    if change.isAnnouncement, !origination.carries(prefix) {
      sink.report(.notAdvertisable(prefix))
    } else {
      sink.report(change.isAnnouncement ? .advertisementAcknowledged(prefix) : .withdrawalAcknowledged(prefix))
    }
    if origination.pendingChanges.isEmpty { origination.forgetCarried() }
  }

  /// Whether a neighbor may still have a route to a prefix that is no longer advertised.
  public func isWithdrawing(_ prefix: IPPrefix) -> Bool { origination.pendingChanges[prefix]?.isAnnouncement == false }

  /// Whether a neighbor may not yet know how a prefix is advertised.
  public func isAnnouncing(_ prefix: IPPrefix) -> Bool { origination.pendingChanges[prefix]?.isAnnouncement == true }

  /// Whether any neighbor is Full.
  var hasAdjacency: Bool { interfaces.contains { !$0.fullNeighbors.isEmpty } }
}
