/// `on-last-drain refuse|warn`: what happens when an operator is about to withdraw an address that no other node serves.
public enum LastDrain: String, Hashable, Sendable, CaseIterable {
  /// It is not done; a drain can be forced, and the end of the daemon is waited for.
  case refuse
  /// It is done, and said.
  case warn
}
