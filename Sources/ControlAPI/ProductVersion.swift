/// The version that both binaries show.
public enum ProductVersion {
  /// The current one.
  public static let current = "0.1.0"
}
