import AnycastPolicy
import ControlAPI
import OSPFProtocol

/// The states of the engine and of the policy, as reports name them.
extension InterfaceStateName {
  init(_ state: InterfaceState) {
    self =
      switch state {
      case .down: .down
      case .loopback: .loopback
      case .waiting: .waiting
      case .pointToPoint: .pointToPoint
      case .drOther: .drOther
      case .backup: .backup
      case .dr: .dr
      }
  }
}

extension NeighborStateName {
  init(_ state: NeighborState) {
    self =
      switch state {
      case .down: .down
      case .attempt: .attempt
      case .`init`: .`init`
      case .twoWay: .twoWay
      case .exStart: .exStart
      case .exchange: .exchange
      case .loading: .loading
      case .full: .full
      }
  }
}

extension NeighborRole {
  init(_ role: NeighborSnapshot.Role?) {
    self =
      switch role {
      case .designatedRouter: .dr
      case .backup: .backup
      case .other: .drOther
      case nil: .none
      }
  }
}

extension LinkDescriptionName {
  init(_ description: LinkDescription) {
    self =
      switch description {
      case .transitNetwork: .transitNetwork
      case .pointToPoint: .pointToPoint
      case .networkWithoutUs: .networkWithoutUs
      case .nothing: .nothing
      }
  }
}

extension NetworkTypeName {
  init(_ type: NetworkType) {
    self =
      switch type {
      case .broadcast: .broadcast
      case .nonBroadcast: .nonBroadcast
      case .pointToPoint: .pointToPoint
      case .pointToMultipoint: .pointToMultipoint
      }
  }
}

extension AreaKindName {
  init(_ kind: AreaConfiguration) {
    self =
      switch kind {
      case .normal: .normal
      case .stub: .stub
      case .nssa: .nssa
      }
  }
}

extension ServiceStateName {
  init(_ state: ServiceState) {
    self =
      switch state {
      case .up: .up
      case .degraded: .degraded
      case .down: .down
      case .lastResort: .lastResort
      case .damped: .damped
      case .draining: .draining
      case .drained: .drained
      case .suspended: .suspended
      }
  }
}

extension AddressModeName {
  init(_ mode: AddressMode) {
    self =
      switch mode {
      case .always: .always
      case .healthy: .healthy
      case .present: .present
      case .none: .none
      }
  }
}

extension CheckStateName {
  init(_ state: CheckState) {
    self =
      switch state {
      case .passing: .passing
      case .degraded: .degraded
      case .failing: .failing
      case .unknown: .unknown
      }
  }
}

extension VerdictName {
  init(_ verdict: Verdict) {
    self =
      switch verdict {
      case .passing: .passing
      case .degraded: .degraded
      case .failing: .failing
      case .wrong: .wrong
      }
  }
}
