import CLinux

/// The version that both binaries show.
public enum ProductVersion {
  /// The current release: the newest one that CHANGELOG.md names.
  public static let current = "0.1.0"

  /// The commit that the program was built from; nil when the build was not told (`scripts/package/build` tells it).
  public static let commit: String? = clinux_commit().map { String(cString: $0) }

  /// What `--version` says: the release, and the commit where it is known.
  public static let described = commit.map { "\(current) (commit \($0))" } ?? current
}
