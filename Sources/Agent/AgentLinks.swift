/// What connects a loop with others, on its thread and on others.
package struct AgentLinks {
  /// For others to ask while the loop goes on.
  let board: StatusBoard
  let questions: Questions
  /// Hears what there is to say.
  let report: (AgentEvent) -> Void
  /// Says how the loop is to go on, when that has changed; the parameter is whether somebody told it
  /// to look.
  let newSettings: (_ isTold: Bool) -> AgentSettings?

  package init(
    board: StatusBoard, questions: Questions, report: @escaping (AgentEvent) -> Void,
    newSettings: @escaping (_ isTold: Bool) -> AgentSettings? = { _ in nil }
  ) {
    self.board = board
    self.questions = questions
    self.report = report
    self.newSettings = newSettings
  }
}
