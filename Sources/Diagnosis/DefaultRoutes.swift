import FoundationEssentials

/// The default routes of the kernel.
public enum DefaultRoutes {
  /// The devices of the default routes with the lowest metric in what `ip -j -4 route show default` prints. Throws what
  /// `JSONDecoder` throws when it is no JSON.
  public static func devices(_ json: String) throws -> Set<String> {
    guard json.contains("{") else { return [] }
    let routes = try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8)).elements
    func metric(_ route: JSONValue) -> Int { Int(route["metric"].text) ?? 0 }
    let best = routes.map(metric).min()
    return Set(
      routes.filter { metric($0) == best }.flatMap { route in
        ([route] + route["nexthops"].elements).map { $0["dev"].text }.filter { !$0.isEmpty }
      })
  }
}
