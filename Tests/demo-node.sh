#!/bin/sh
# Usage: unshare --net --mount Tests/demo-node.sh < RULESET
# Plays node-1 of examples/hello-deny: makes its pods, loads the ruleset, and connects pods. All of
# it is in this script's own namespaces, and the kernel removes it when the script ends.
set -eu

# Where ip keeps the names of namespaces, and we our files: nobody else sees it.
mount -t tmpfs none /run
server=
trap '[ -z "$server" ] || kill "$server"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Debian's name for it where another nc is preferred.
nc=$(command -v nc.openbsd || command -v nc)
green='' red='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  escape=$(printf '\033')
  green="${escape}[32m" red="${escape}[31m" plain="${escape}[0m"
fi

# add_pod NAME ADDRESS: as Calico does it, a link to the node and nothing but routes.
add_pod() {
  ip netns add "$1"
  ip link add name "to-$1" type veth peer name eth0 netns "$1"
  ip address add 169.254.1.1/32 dev "to-$1"
  ip link set dev "to-$1" up
  ip route add "$2" dev "to-$1"
  ip -n "$1" address add "$2/32" dev eth0
  ip -n "$1" link set dev eth0 up
  ip -n "$1" route add 169.254.1.1 dev eth0
  ip -n "$1" route add default via 169.254.1.1 dev eth0
}

# in_pod NAME COMMAND...
in_pod() {
  pod=$1
  shift
  nsenter --net="/run/netns/$pod" -- "$@"
}

# Has api listen, and write what it is told into /run/heard.
serve() {
  in_pod api timeout 60 "$nc" -l -k 8080 >>/run/heard &
  server=$!
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    in_pod api ss -Hltn | grep -q :8080 && return
    sleep 0.2
  done
  echo "api does not listen" >&2
  exit 1
}

# connect FROM allowed|denied: tries to reach api, says what came of it and which rule decided.
# That is the rule whose counter moved meanwhile.
connect() {
  : >/run/heard
  nft list table ip netpolc >/run/before
  outcome=denied colour=$red
  if echo "«this is $1»" | in_pod "$1" "$nc" -N -w 2 10.244.1.11 8080; then
    outcome=allowed colour=$green
  fi
  nft list table ip netpolc >/run/after
  heard=$(cat /run/heard)
  comment=$(diff /run/before /run/after | sed -n 's/^> .*counter packets .* comment "\(.*\)"$/\1/p')
  origin=${comment##* }

  echo
  echo "  $1 to api on TCP 8080: $colour$outcome$plain. api heard ${heard:-nothing in 2 seconds}."
  if [ "$outcome" != "$2" ] || [ -z "$comment" ]; then
    echo "It should be $2, by a rule whose comment says why." >&2
    exit 1
  fi
  echo "    by     ${comment% *}"
  echo "    at     $origin"
  echo "    reads  $(sed -n "${origin##*:}s/^[ -]*//p" "${origin%:*}")"
}

echo 1 >/proc/sys/net/ipv4/ip_forward
add_pod web 10.244.1.10
add_pod api 10.244.1.11
add_pod intruder 10.244.1.12
nft -f -
serve
connect web allowed
connect intruder denied
