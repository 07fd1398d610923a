import Configuration
import ControlAPI
import Logging

extension ControlAccess.Rules {
  /// What a configuration says. A group that does not exist lets nobody in who would not be let in without it.
  init(_ configuration: Configuration, logger: Logger) {
    self.init(othersMayRead: configuration.othersMayRead)
    guard let name = configuration.controlGroup else { return }
    groupID = ControlAccess.groupID(named: name)
    if groupID == nil { logger.error("control group: there is no group '\(name)'; the control socket keeps the daemon's own") }
  }
}
