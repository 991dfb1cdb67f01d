import Diagnostics
import PolicyModel
import Reports

extension LintRule {
  static let shadowedRule = LintRule(
    "NPC013", "shadowed-rule", .note, needs: .pods,
    summary: "Removing this rule changes nothing: other rules allow all of it to all its pods.",
    help: """
      Policies only add up, so a rule whose connections others allow already neither opens nor closes
      anything. It misleads: whoever tightens it, or removes it to close a door, changes nothing.

      Remove it, or narrow the rules that are named in the finding. All rules that are reported can
      be removed together. The finding is exact for the pods and workloads of the input, not for
      pods with other labels that may come later.
      """
  ) { context in
    var shadows = Shadows(context.graph)
    return shadows.find().map { shadow in
      let names = shadow.coveredBy.map { "\($0.policy.qualifiedName) \($0.path)" }
      return Issue(
        shadow.rule,
        "everything that this rule allows is allowed to the same pods by \(list(names, shown: 2))",
        hint: "removing it changes nothing")
    }
  }
}
