import ControlAPI
import Testing

@Suite("What would become of the traffic")
struct FleetOutlookTests {
  private func advertiser(
    _ routerID: String, _ metric: UInt32, type: Int? = 2, isHere: Bool = false, isReachable: Bool = true
  ) -> FleetReport.Advertiser {
    FleetReport.Advertiser(
      routerID: routerID, isThisNode: isHere, isMember: nil, kind: type == nil ? .stub : .external, metric: metric,
      metricType: type,
      tag: type == nil ? nil : 0, forwardingAddress: nil, area: nil, ageSeconds: 1, isReachable: isReachable,
      cost: isReachable ? 10 : nil, links: 1, areaBorderRouter: nil, isPreferred: false)
  }

  private func sentence(
    _ advertisers: [FleetReport.Advertiser], next: FleetOutlook.Advertisement? = nil, externals: FleetReport.Visibility = .all
  ) -> String {
    FleetOutlook(
      FleetReport(
        protocol: .ospfV2, addressFamily: .ipv4, service: "dns", prefix: "192.0.2.53/32", externals: externals,
        advertisers: advertisers), next: next
    ).sentence
  }

  private func external(_ metric: UInt32, type: Int = 2) -> FleetOutlook.Advertisement {
    FleetOutlook.Advertisement(kind: .external, metric: metric, metricType: type)
  }

  @Test("The node with the best metric gives everything to the next ones")
  func drain() {
    let here = advertiser("1.1.1.1", 10, isHere: true)
    #expect(
      sentence([here, advertiser("2.2.2.2", 20), advertiser("3.3.3.3", 20)])
        == "192.0.2.53/32 (dns): now 10 here, 20 at 2.2.2.2 and 3.3.3.3: all traffic moves to 2.2.2.2 and 3.3.3.3, which of them "
        + "depends on the router")
    #expect(sentence([here, advertiser("2.2.2.2", 20), advertiser("3.3.3.3", 30)]).hasSuffix(": all traffic moves to 2.2.2.2"))
    #expect(sentence([here]).hasSuffix(": now 10 here: nobody else serves it, all traffic is lost"))
    // Who cannot be reached is no help.
    #expect(sentence([here, advertiser("2.2.2.2", 20, isReachable: false)]).hasSuffix("all traffic is lost"))
    #expect(
      sentence([advertiser("1.1.1.1", 30, isHere: true), advertiser("2.2.2.2", 20)]).hasSuffix(
        "no traffic comes here, and none moves"))
    #expect(
      sentence([advertiser("1.1.1.1", 20, isHere: true), advertiser("2.2.2.2", 20)]).hasSuffix(
        ": what comes here moves to 2.2.2.2"))
    #expect(sentence([advertiser("2.2.2.2", 20)]).contains("not advertised here now, 20 at 2.2.2.2: no traffic comes here"))
  }

  @Test("Where the path's cost counts the router decides; stub before type 1 before type 2")
  func kinds() {
    let here = advertiser("1.1.1.1", 10, type: 1, isHere: true)
    #expect(
      sentence([here, advertiser("2.2.2.2", 500, type: 1)]).hasSuffix(
        "now 10 type 1 here, 500 type 1 at 2.2.2.2: what comes here moves to 2.2.2.2"))
    #expect(sentence([here, advertiser("2.2.2.2", 1)]).hasSuffix(": all traffic moves to 2.2.2.2"))
    #expect(
      sentence([here, advertiser("2.2.2.2", 7, type: nil)]).hasSuffix("stub 7 at 2.2.2.2: no traffic comes here, and none moves"))
  }

  @Test("Another metric draws traffic, sheds it, shares it, or does nothing")
  func change() {
    let fleet = [advertiser("1.1.1.1", 20, isHere: true), advertiser("2.2.2.2", 20)]
    #expect(sentence(fleet, next: external(10)).hasSuffix(": all traffic comes here"))
    #expect(sentence(fleet, next: external(30)).hasSuffix(": what comes here moves to 2.2.2.2"))
    #expect(sentence(fleet, next: external(20)).hasSuffix(": nothing moves"))
    let worse = [advertiser("1.1.1.1", 30, isHere: true), advertiser("2.2.2.2", 20)]
    #expect(
      sentence(worse, next: external(20)).hasSuffix(": traffic comes here as well as to 2.2.2.2, where to depends on the router"))
    #expect(sentence([advertiser("1.1.1.1", 10, isHere: true)], next: external(20)).hasSuffix(": all traffic stays here"))
    #expect(sentence([], next: external(20)).hasSuffix("not advertised here now: all traffic comes here"))
  }

  @Test("What cannot be seen is said")
  func unseen() {
    #expect(
      sentence([advertiser("1.1.1.1", 10, isHere: true)], externals: .ownNSSA).hasSuffix(
        "(nodes outside of the NSSA are not seen from here)"))
  }
}
