/// A case in which something changes: what is there before and after, each state held by itself. A
/// compiler has no memory, so that this is all there is to a change.
struct CaseHistory: Sendable {
  let name: String
  let states: [State]

  struct State: Sendable {
    var policies: [CasePolicy] = []
    var grid = Grid()
  }

  init(_ name: String, _ states: State...) {
    self.name = name
    self.states = states
  }

  private static func state(_ policies: CasePolicy...) -> State { State(policies: policies) }

  // MARK: Actions: 6

  static let actions: [CaseHistory] = [
    CaseHistory("create and delete a policy", state(), state(Case.base), state()),
    CaseHistory("create and update a policy", state(Case.base), state(onPort81)),
    CaseHistory(
      "create and delete a namespace", without { $0.namespace == "y" },
      state(Case.base), without { $0.namespace == "y" }),
    CaseHistory(
      "update a namespace so that the policy applies, and no longer", labelled,
      changed(labelled) { $0.namespaces["y"]?["new"] = "yes" }, labelled),
    CaseHistory(
      "create and delete a pod", without { $0.fullName == "x/b" }, state(Case.base),
      without { $0.fullName == "x/b" }),
    CaseHistory(
      "update a pod so that the policy applies, and no longer", labelled,
      changed(labelled) { $0.label("z/c", "new", "yes") }, labelled),
  ]

  private static let onPort81: CasePolicy = {
    var policy = Case.base
    policy.ingress = [CaseRule(ports: [CasePort(number: 81)])]
    return policy
  }()

  /// For x/a, from pods with a label that none has, in any namespace, and from all of namespaces
  /// with it.
  private static let labelled: State = {
    let new = CaseSelector(labels: ["new": "yes"])
    let peers: [CasePeer] = [
      .pods(new, namespaces: CaseSelector()), .pods(nil, namespaces: new),
    ]
    return state(CasePolicy(ingress: [CaseRule(peers: peers)]))
  }()

  private static func without(_ isGone: (GridPod) -> Bool) -> State {
    var state = State(policies: [Case.base])
    state.grid.pods.removeAll(where: isGone)
    for name in state.grid.namespaces.keys
    where !state.grid.pods.contains(where: { $0.namespace == name }) {
      state.grid.namespaces[name] = nil
    }
    return state
  }

  static func changed(_ state: State, _ change: (inout Grid) -> Void) -> State {
    var state = state
    change(&state.grid)
    return state
  }
}
