import OSPFWire

/// RFC 2328 section 14: aging the link state database.
extension Router {
  /// Looks at the LSAs whose age has become a multiple of CheckAge.
  func age(at now: Instant) {
    for database in allDatabases {
      for slot in database.takeDueForAging(at: now) where database[slot].isOccupied {
        if database.lsAge(slot, at: now) >= ProtocolConstants.maxAge {
          expire(slot, of: database, at: now)
        } else {
          verifyChecksum(slot, of: database, at: now)
          database.scheduleAging(slot, at: now)
        }
      }
    }
  }

  private var allDatabases: [LinkStateDatabase] {
    [asDatabase] + areas.map(\.database) + interfaces.map(\.database)
  }

  /// An LSA whose age reaches MaxAge is flooded once more, so that it goes everywhere at about the same time.
  private func expire(_ slot: Int, of database: LinkStateDatabase, at now: Instant) {
    setMaxAge(database.header(slot, at: now), slot, of: database, at: now)
    noteLinkChange(database)
  }

  /// Section 12.1.7: a checksum that is wrong now was right when the LSA was installed.
  private func verifyChecksum(_ slot: Int, of database: LinkStateDatabase, at now: Instant) {
    guard !database.withLSA(slot, { FletcherChecksum.verifies($0) }) else { return }
    sink.report(
      .databaseCorrupted(LSAIdentity(scope: database.scope, key: database.header(slot, at: now).key)))
  }

  /// Sets the age of a database copy to MaxAge and floods it (section 14.1, premature aging, for LSAs of our own).
  func setMaxAge(_ header: LSAHeader, _ slot: Int, of database: LinkStateDatabase, at now: Instant) {
    var header = header
    header.lsAge = ProtocolConstants.maxAge
    noteTopologyChange(header.key, in: database, at: now)
    removeRetransmissions(of: header.key, from: database)
    let aged = database.octets(slot, lsAge: ProtocolConstants.maxAge)
    database.install(aged.rawSpan, key: header.key, isFlooded: false, at: now)
    flood(slot, header, of: database, from: nil, at: now)
    noteMaxAge(header, slot, database)
  }

  /// Remembers a MaxAge LSA that no neighbor has to acknowledge.
  func noteMaxAge(_ header: LSAHeader, _ slot: Int, _ database: LinkStateDatabase) {
    guard header.isMaxAge, database[slot].retransmissions == 0 else { return }
    noteAcknowledged(LSAIdentity(scope: database.scope, key: header.key))
  }

  /// No neighbor has to acknowledge the LSA any more.
  func noteAcknowledged(_ identity: LSAIdentity) {
    acknowledgedLSAs.append(identity)
  }

  /// Removes MaxAge LSAs that are on no retransmission list, when no neighbor is in Exchange or Loading; and tells origination
  /// what has been acknowledged.
  func processAcknowledgedLSAs(at now: Instant) {
    guard !acknowledgedLSAs.isEmpty else { return }
    let acknowledged = acknowledgedLSAs
    acknowledgedLSAs = []
    for identity in acknowledged {
      guard let database = database(of: identity.scope), let slot = database.slot(of: identity.key),
        database[slot].retransmissions == 0
      else { continue }
      let isMaxAge = database.lsAge(slot, at: now) >= ProtocolConstants.maxAge
      if isMaxAge, exchangingNeighborCount > 0 {
        acknowledgedLSAs.append(identity)
      } else if isMaxAge {
        database.remove(identity.key)
      }
      lsaAcknowledged(identity, isRemoved: isMaxAge && exchangingNeighborCount == 0, at: now)
    }
  }
}
