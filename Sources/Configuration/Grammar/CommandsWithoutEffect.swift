/// What Quagga and FRR write into their files and has no meaning for this daemon. Each line says why.
enum CommandsWithoutEffect {
  static let noTerminal = "there is no terminal to log in to; the control socket's file mode is the access control"
  private static let logging = "every change is logged to standard error, in journald's priorities"
  private static let noFeature = "a feature of Quagga's or FRR's own daemons"
  private static let refresh = "each LSA is refreshed on its own time, with jitter"
  private static let noSegmentRouting = "no segment routing LSA is originated"
  static let noRoutingTable = "no routing table is computed"

  static let topLevel: [Command] =
    ofOtherDaemons
    + ["password", "enable password", "enable secret", "username"].map {
      .withoutEffect($0, noTerminal, isSecret: true)
    }
    + ["banner", "service", "vty"].map { .withoutEffect($0, noTerminal) }
    + ["log", "debug"].map { .withoutEffect($0, logging) }
    + [
      .withoutEffect("hostname", "the system's host name is used"),
      .withoutEffect("domainname", "the system's domain name is used"),
      .withoutEffect("frr version", "it only says who wrote the file"),
      .withoutEffect("frr defaults", "the defaults are those of the documentation"),
      .withoutEffect("agentx", "there is no SNMP agent"),
      .withoutEffect("smux", "there is no SNMP agent"),
      .withoutEffect("table", noRoutingTable),
      .withoutEffect("zebra", noFeature),
      .withoutEffect("allow-external-route-update", noFeature),
      .withoutEffect("evpn", noFeature),
      .withoutEffect("mpls label", noFeature),
      .withoutEffect("mpls bgp", noFeature),
      .withoutEffect("mpls lsp", noFeature),
      .withoutEffect("ip nht", noFeature),
      .withoutEffect("ip table", noRoutingTable),
      .withoutEffect("ip import-table", noRoutingTable),
      .withoutEffect("ipv6 nht", noFeature),
      .withoutEffect("ip protocol", noRoutingTable),
      .withoutEffect("ipv6 protocol", noRoutingTable),
      .withoutEffect("allow-reserved-ranges", noFeature),
      .withoutEffect("fpm", noFeature),
      .withoutEffect("terminal", noTerminal),
      .withoutEffect("default link-detect", "the link is always watched"),
      .withoutEffect("mac access-list", "no other daemon's filter is needed"),
      .withoutEffect("ipv6 router-id", "the router ID of OSPFv3 is written as an IPv4 address: 'ospf6 router-id'"),
      .withoutEffect("exit-vrf", "VRFs have no blocks here"),
      .changedMeaning("ip forwarding", "the kernel's forwarding is left as it is"),
      .changedMeaning("ipv6 forwarding", "the kernel's forwarding is left as it is"),
    ]

  /// Lines of FRR's other daemons that stand outside of every block.
  static let ofOtherDaemons: [Command] =
    [
      "ip pim", "ip igmp", "ip msdp", "ip multicast", "ip multicast-routing", "ip mroute", "ip ssmpingd", "ipv6 pim", "ipv6 mld",
      "ipv6 mroute", "ip community-list", "ip as-path", "ip large-community-list", "ip extcommunity-list", "bgp", "dump bgp",
      "nhrp nflog-group", "vrrp", "pbr", "sharp", "watchfrr", "mgmt", "ip load-share", "ipv6 msdp", "ip nhrp", "ip rip",
    ].map { .withoutEffect($0, otherDaemon) }

  private static let otherDaemon = "a line of another daemon, which is a program of its own"

  /// Lines of FRR's other daemons inside of `interface`.
  static let interfaceOfOtherDaemons: [Command] =
    [
      "ip pim", "ip igmp", "ip router isis", "ip router openfabric", "ip router eigrp", "ip nhrp", "ip rip", "ip eigrp",
      "ip mroute",
      "ip multicast", "ip split-horizon", "ip bandwidth-percent", "ip hello-interval eigrp", "ip hold-time eigrp",
      "ip summary-address eigrp", "ip authentication", "ipv6 pim", "ipv6 mld", "ipv6 router isis", "ipv6 router openfabric",
      "ipv6 nhrp", "ipv6 ripng", "ipv6 mroute", "ipv6 multicast", "isis", "openfabric", "babel", "eigrp", "delay", "vrrp",
      "pbr-policy", "tunnel", "nhrp", "gre", "mpls", "evpn", "mpls-te", "lldp", "ptm-enable", "zebra", "bridge", "vxlan",
    ].map { .withoutEffect($0, otherDaemon) }

  static let lineVTY: [Command] =
    ["access-class", "ipv6 access-class", "exec-timeout", "login", "history"].map { .withoutEffect($0, noTerminal) }
    + [.withoutEffect("password", noTerminal, isSecret: true)]

  static let interface: [Command] =
    interfaceOfOtherDaemons
    + [
      .withoutEffect("bandwidth", "costs are not computed from bandwidths; write 'ip ospf cost'"),
      .withoutEffect("link-detect", "the link is always watched"),
      .withoutEffect("multicast", "the device's flags are left as they are"),
      .withoutEffect("ip irdp", "no router advertisements are sent"),
      .withoutEffect("ip ospf mpls", noFeature),
      .withoutEffect("ipv6 nd", "no router advertisements are sent"),
    ]
    + ["ip ospf", "ipv6 ospf6"].flatMap { protocolWords -> [Command] in
      [
        .withoutEffect("\(protocolWords) write-multiplier", noFeature),
        .withoutEffect("\(protocolWords) graceful-restart", "Hellos follow a graceful restart at once, each behind a grace-LSA"),
        .withoutEffect("\(protocolWords) capability opaque", "opaque LSAs are always flooded"),
      ]
    }

  /// In `ipv6 ospf6` lines of an interface: what FRR has for networks of several links.
  static let ospf6Networks: [Command] = [
    .changedMeaning(
      "ipv6 ospf6 p2p-p2mp connected-prefixes",
      "the prefixes of a point-to-point interface are always advertised, of a point-to-multipoint one its addresses are"),
    .changedMeaning("ipv6 ospf6 p2p-p2mp config-neighbors-only", "every neighbor that is heard is taken"),
    .changedMeaning("ipv6 ospf6 p2p-p2mp disable-multicast-hello", "Hellos go to AllSPFRouters"),
  ]

  /// In both router blocks.
  static let router: [Command] = [
    .withoutEffect("log-adjacency-changes", "every adjacency change is logged"),
    .withoutEffect("timers throttle spf", noRoutingTable),
    .withoutEffect("timers spf", noRoutingTable),
    .withoutEffect("maximum-paths", noRoutingTable),
    .withoutEffect("distance", noRoutingTable),
    .withoutEffect("write-multiplier", noFeature),
    .withoutEffect("socket", noFeature),
    .withoutEffect("socket-per-interface", "there is one socket for each interface"),
    .withoutEffect("aggregation timer", "nothing is aggregated"),
    .withoutEffect("flood-reduction", "LSAs are refreshed as RFC 2328 says"),
  ]

  /// In `router ospf`.
  static let routerOSPF: [Command] = [
    .withoutEffect("ospf rfc1583compatibility", noRoutingTable),
    .withoutEffect("compatible rfc1583", noRoutingTable),
    .withoutEffect("capability opaque", "opaque LSAs are always flooded"),
    .withoutEffect("ospf opaque-lsa", "opaque LSAs are always flooded"),
    .withoutEffect("ospf abr-type", "this router is never an area border router"),
    .withoutEffect("ospf write-multiplier", noFeature),
    .withoutEffect("ospf lsa-refresh", refresh),
    .withoutEffect("ospf maxage-delay", "an LSA at MaxAge leaves the database when it is acknowledged"),
    .withoutEffect("ospf send-extra-data", noFeature),
    .withoutEffect("fast-reroute", noRoutingTable),
    .withoutEffect("mpls ldp-sync", noFeature),
    .withoutEffect("pce", "no router information LSA is originated"),
    .withoutEffect("refresh timer", refresh),
    .withoutEffect("router-info", "no router information LSA is originated"),
    .withoutEffect("mpls-te", "no traffic engineering LSA is originated"),
    .withoutEffect("segment-routing on", noSegmentRouting),
    .withoutEffect("segment-routing global-block", noSegmentRouting),
    .withoutEffect("segment-routing local-block", noSegmentRouting),
    .withoutEffect("segment-routing node-msd", noSegmentRouting),
    .withoutEffect("segment-routing prefix", noSegmentRouting),
    .withoutEffect("proactive-arp", noFeature),
  ]
}
