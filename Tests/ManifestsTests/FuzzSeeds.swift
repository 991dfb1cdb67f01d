/// Small manifests to damage, of all that the formats have.
let fuzzSeeds: [(path: String, text: String)] = [
  (
    "a.yaml",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress, Egress]\n"
  ),
  (
    "a.yaml",
    "spec:\n  ingress:\n  - from:\n    - ipBlock:\n        cidr: 10.0.0.0/8\n        except:\n        - 10.1.0.0/16\n    ports:\n    - port: 80\n      endPort: 0x60\n"
  ),
  (
    "a.yaml",
    "- podSelector:\n    matchExpressions:\n    - {key: app, operator: In, values: [a, \"b\", 'c']}\n- namespaceSelector:\n    matchLabels:\n      team: \"on\"\n"
  ),
  ("a.yaml", "a: &x {p: 1, q: [1, 2]}\nb: *x\nc:\n  <<: *x\n  p: 2\nd: [*x, *x]\n"),
  (
    "a.yaml",
    "a: &a {x: 1}\nb: &b {x: 2, y: &y [3]}\nc:\n  <<: [*a, *b]\n  z: *y\nk: &k name\n*k : 1\n"
  ),
  (
    "a.yaml",
    "a: &a [x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: &d [*c, *c, *c]\ne: [*d, *d]\n"
  ),
  (
    "a.yaml",
    "text: |\n  one\n   two\n\n  three\nfolded: >-\n  one\n  two\n\n  three\nkeep: |2+\n   x\n\nend: ''\n"
  ),
  ("a.yaml", "---\na: 1\n...\n---\n# comment\n---\nb: 2 # more\n--- \"c\"\n--- |\n text\n"),
  ("a.yaml", "ключ: 値\n\"\\u00e9\\x41\\N\\L\": \"a\\\n  b\"\n😀: 'it''s'\nд: [é, ü]\n"),
  (
    "a.yaml",
    "%YAML 1.1\n%TAG !k! tag:yaml.org,2002:\n---\na: !k!str 80\nb: !!int \"0x50\"\nc: !!seq [!!null ~]\n"
  ),
  ("a.yaml", "? key\n: value\n? \"q\"\n: - a\n  - b\n? z\n"),
  ("a.yaml", "{a: [1, {b: c}], \"d\": 'e', f: , g}\n"),
  ("a.yaml", "ints: [0, -1, +2, 010, 0x1F, 0b11, 0o7, 1_000, 9223372036854775808]\n"),
  ("a.yaml", "others: [1.5, .5, 1e3, .inf, -.INF, .nan, ~, null, yes, No, off, y]\n"),
  ("a.yaml", "a: 1\r\nb:\r\n  - 2\r\n  - \"x\r\n    y\"\r\n"),
  ("a.yaml", "\u{FEFF}a: x\u{2028}b: \"y\u{85}z\"\rc: 3\n"),
  ("a.yaml", "plain: many words\n  over lines\n  and lines\nquoted: \"so\n\n  too\"\n"),
  ("a.yaml", "- - - a\n    - b\n  - - c\n-\n  - d\n- {}\n- []\n"),
  ("a.yaml", "a:\n- b: 1\n  c:\n  - d\n  -\n  - e: ~\nf:\n"),
  ("a.yaml", "url: http://x:80/a#b\ntime: 10:20\nip: fe80::1\nstar: \"*\"\ndash: -x\nq: ?x\n"),
  (
    "a.yaml", "a1: 1\na2: 2\na3: 3\na4: 4\na5: 5\na6: 6\na7: 7\na8: 8\na9: 9\nb0: 0\nb1: 1\nb2: 2\n"
  ),
  ("a.json", #"{"kind": "NetworkPolicy", "metadata": {"name": "a", "labels": {"x": "y"}}}"#),
  ("a.json", #"{"items": [{"a": 1}, {"a": [true, false, null]}, {}], "kind": "List"}"#),
  ("a.json", #"["\u00e9\ud83d\ude00\n\t\"\\\/\b\f\r", "é", "値", "😀", "\u0000", "plain"]"#),
  ("a.json", "{\n  \"a\": [\n    0, -1, 1.5,\n    1e3, -0.0E-2, 80.0\n  ]\n}\n{\"b\": 1}\n[2]\n"),
  ("a.json", #"{"a": {"b": {"c": {"d": [[[[{"e": "f"}]]]]}}}}"#),
  ("a.json", #"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":10,"k":11,"l":12}"#),
  ("a.json", "\u{FEFF}{\"ключ\": \"значение\",\r\n\t\"éa\": [\"ü\", 1]}"),
  ("a.json", #"[9223372036854775807, -9223372036854775808, 18446744073709551616, 1e400]"#),
  (
    "a.json",
    #"{"": "", " ": " ", "a b": "c  d", "a/b": "x.y/z", "long": "0123456789abcdef0123456789"}"#
  ),
  ("-", "[1, 2]\n"), ("-", "a: 1\nb: [x]\n"),
]

/// What has a meaning in YAML or JSON.
let fuzzTokens = [
  "[", "]", "{", "}", ",", ":", ": ", "- ", "? ", "\n", "\n  ", "\n- ", "\t", "\r", "\r\n", " ",
  "#",
  " #", "&a ", "*a", "*a : ", "<<: *a\n", "<<", "!", "!!", "!!str ", "!!int ", "!x ", "|\n", ">\n",
  "|2-\n",
  "'", "\"", "\\", "\\u", "\\ud800", "%", "%TAG !a! b\n", "---\n", "...\n", "--- ", "~", "null",
  "true",
  "0x", "_", "1e", ".", "-", "@", "`", "\u{FEFF}", "\u{2028}", "\u{85}", "é", "😀", "\0", "\u{1B}",
  "a: 1\n",
  "\"a\": 1,", "a: &a [*a]\n", "[[", "{{", "[{", "{a: ",
]
