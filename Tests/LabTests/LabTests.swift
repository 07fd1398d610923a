import Testing

/// Real routers, real DNS servers and the real daemon, in network namespaces. Each test has a lab of its own, and a few labs are
/// there at a time.
@Suite("The lab")
struct LabTests {}
