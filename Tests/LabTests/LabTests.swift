import Testing

/// Real routers, real DNS servers and the real daemon, in network namespaces. One test at a time: most of them are about time.
@Suite("The lab", .serialized, .timeLimit(.minutes(10)))
struct LabTests {}
