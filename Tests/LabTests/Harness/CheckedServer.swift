import LabHarness

/// A server of the lab, as Debian packages it, with the check that asks it. Each has an address of its own.
struct CheckedServer: Sendable {
  /// The name of its service.
  let name: String
  let address: String
  /// The lines of its service.
  let checks: [String]
  /// What starts it, in the foreground and as one process.
  let command: [String]

  /// Starts it on a machine.
  func start(on host: Host) async throws -> BackgroundProcess { try await host.start(name, command) }
}

extension CheckedServer {
  private static let options = "interval 500ms timeout 400ms rise 2 fall 2"

  /// BIND, which binds the addresses that it finds when it starts, and no others later.
  static func bind(on host: Host, at address: String, except others: [String]) throws -> CheckedServer {
    _ = try host.write("@ 60 SOA . . 1 60 60 60 60\n@ 60 NS .\nwww 60 A 203.0.113.80\n", to: "named.zone")
    let configuration = try host.write(
      """
      options {
        directory "\(host.directory)"; pid-file none; session-keyfile none; lock-file none;
        listen-on { \(others.map { "!\($0); " }.joined())any; }; listen-on-v6 { none; };
        interface-interval 0; automatic-interface-scan no;
        recursion no; dnssec-validation no;
      };
      controls { };
      zone "example.net" { type primary; file "named.zone"; };
      """, to: "named.conf")
    return CheckedServer(
      name: "named", address: address,
      checks: ["check dns name www.example.net type A expect 203.0.113.80 transport both \(options)"],
      command: ["named", "-f", "-c", configuration])
  }

  /// unbound on one address. With `bindsAbsentAddress` it listens there before the machine has it.
  static func unbound(on host: Host, at address: String, bindsAbsentAddress: Bool = false) throws -> CheckedServer {
    let configuration = try host.write(
      """
      server:
        interface: \(address)
        ip-freebind: \(bindsAbsentAddress ? "yes" : "no")
        do-daemonize: no
        use-syslog: no
        chroot: ""
        username: ""
        directory: "\(host.directory)"
        pidfile: ""
        access-control: 0.0.0.0/0 allow
        module-config: "iterator"
        local-zone: "example.net." static
        local-data: "www.example.net. 60 IN A 203.0.113.80"
      remote-control:
        control-enable: no
      """, to: "unbound.conf")
    return CheckedServer(
      name: "unbound", address: address,
      checks: ["check dns name no.example.net type A expect nxdomain \(options)", "check tcp port 53 \(options)"],
      command: ["unbound", "-d", "-c", configuration])
  }

  static func freeradius(on host: Host, at address: String) throws -> CheckedServer {
    _ = try host.write("", to: "dictionary")
    _ = try host.write(
      """
      prefix = /usr
      libdir = /usr/lib/freeradius
      raddbdir = \(host.directory)
      run_dir = \(host.directory)
      logdir = \(host.directory)
      security {
        status_server = yes
      }
      client everybody {
        ipaddr = 0.0.0.0/0
        secret = "shared in the lab"
      }
      server default {
        listen {
          type = auth
          ipaddr = \(address)
          port = 1812
        }
        authorize {
        }
        authenticate {
        }
      }
      """, to: "radiusd.conf")
    return CheckedServer(
      name: "freeradius", address: address, checks: ["check radius secret \"shared in the lab\" \(options)"],
      command: ["freeradius", "-f", "-l", "stdout", "-d", host.directory, "-n", "radiusd"])
  }

  /// syslog-ng, which takes messages by UDP and hands on those of the daemon's checks by TCP.
  static func syslogNG(on host: Host, at address: String) throws -> CheckedServer {
    let configuration = try host.write(
      """
      @version: 3.38
      options { time-reopen(1); stats-freq(0); };
      source incoming { network(ip("\(address)") port(514) transport("udp") flags(syslog-protocol)); };
      filter probes { program("anycast-ospfd"); };
      destination back { network("127.0.0.1" port(5514) transport("tcp")); };
      log { source(incoming); filter(probes); destination(back); };
      """, to: "syslog-ng.conf")
    return CheckedServer(
      name: "syslog-ng", address: address,
      checks: ["check syslog send port 514 receive 127.0.0.1:5514 \(options)"],
      command: [
        "syslog-ng", "-F", "--no-caps", "-f", configuration, "--persist-file", "\(host.directory)/syslog-ng.persist",
        "--pidfile", "\(host.directory)/syslog-ng.pid", "--control", "\(host.directory)/syslog-ng.ctl",
      ])
  }

  /// squid, which is asked for a page of an origin server.
  static func squid(on host: Host, at address: String, origin: String) throws -> CheckedServer {
    let configuration = try host.write(
      """
      http_port \(address):3128
      http_access allow all
      cache deny all
      access_log none
      cache_log /dev/null
      pid_filename none
      pinger_enable off
      netdb_filename none
      visible_hostname proxy.example.net
      """, to: "squid.conf")
    return CheckedServer(
      name: "squid", address: address,
      checks: ["check http http://\(origin)/health proxy http://proxy.example.net:3128 body \"all well\" \(options)"],
      command: ["squid", "-N", "-f", configuration])
  }

  /// nginx, with a page and a certificate for www.example.net, and a file that takes it out of service.
  static func nginx(on host: Host, at address: String) async throws -> CheckedServer {
    try await host.execute([
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
      "/CN=lab", "-addext", "subjectAltName=DNS:www.example.net", "-keyout", "\(host.directory)/nginx.key", "-out",
      "\(host.directory)/nginx.pem",
    ])
    let configuration = try host.write(
      """
      daemon off; master_process off; pid \(host.directory)/nginx.pid; error_log stderr;
      events { }
      http {
        access_log off;
        client_body_temp_path \(host.directory)/body; proxy_temp_path \(host.directory)/proxy;
        fastcgi_temp_path \(host.directory)/fastcgi; uwsgi_temp_path \(host.directory)/uwsgi; scgi_temp_path \(host.directory)/scgi;
        server {
          listen \(address):80;
          listen \(address):443 ssl;
          ssl_certificate nginx.pem;
          ssl_certificate_key nginx.key;
          location /health { return 200 "all well\\n"; }
        }
      }
      """, to: "nginx.conf")
    return CheckedServer(
      name: "nginx", address: address,
      checks: [
        "check http http://www.example.net/health body \"all well\" \(options)",
        "check https https://www.example.net/health ca \(host.directory)/nginx.pem \(options)",
        "check file \(host.directory)/maintenance absent \(options)",
      ], command: ["nginx", "-p", host.directory, "-c", configuration])
  }

  /// chrony, which gives the time of the machine's own clock and does not touch it.
  static func chrony(on host: Host, at address: String) throws -> CheckedServer {
    let configuration = try host.write(
      """
      local stratum 8
      allow all
      bindaddress \(address)
      cmdport 0
      bindcmdaddress /
      pidfile \(host.directory)/chronyd.pid
      """, to: "chrony.conf")
    return CheckedServer(
      name: "chrony", address: address, checks: ["check ntp max-stratum 8 \(options)", "check icmp \(address) \(options)"],
      command: ["/var/lib/anycast-ospfd-lab/usr/sbin/chronyd", "-d", "-x", "-u", "root", "-f", configuration])
  }
}
