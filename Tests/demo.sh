#!/bin/sh
# Usage: Tests/demo.sh NETPOLC
# Compiles examples/hello-deny, and shows what a kernel makes of it where one lets us try.
set -eu
PATH=$PATH:/usr/sbin:/sbin

netpolc=$1
example=examples/hello-deny
here=$(dirname "$0")

# Says on one line why rulesets cannot be tried here; says nothing where they can.
obstacle() {
  for program in unshare nsenter ip nft nc; do
    if ! command -v "$program" >/dev/null; then
      echo "there is no $program here"
      return
    fi
  done
  # shellcheck disable=SC2086 # Options, or none.
  unshare $user --net --mount -- sh -c '
    mount -t tmpfs none /run && echo 1 >/proc/sys/net/ipv4/ip_forward && nft list ruleset
  ' 2>&1 >/dev/null | head -n 1
}

# Whoever is not root may still be it in a namespace for users.
user=
[ "$(id -u)" = 0 ] || user="--user --map-root-user"

echo
echo "netpolc compile -f $example --node node-1"
rules=$("$netpolc" compile -f "$example" --node node-1 --stats)

why=$(obstacle)
if [ -n "$why" ]; then
  cat <<END

It compiles. Left out is the part that loads the ruleset and connects pods:
$why.
Run make demo as root, in a container with --privileged, to see it.
END
  exit 0
fi

echo
echo "Loaded into a network namespace of its own, with three pods in namespaces around it:"
# shellcheck disable=SC2086
printf '%s\n' "$rules" | unshare $user --net --mount -- sh "$here/demo-node.sh"
echo
echo "The kernel says so itself: each rule has its origin as its comment, and these rules' counters"
echo "moved. To read them all: $netpolc compile -f $example --node node-1"
