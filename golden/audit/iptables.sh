#!/bin/sh
# Made by netpolc compile --backend iptables. Run as root on the node; it may be run again.
# With the argument "remove" it takes away all that it or any other such script brought.
#
# Sets come first, for rules name them; then the rules of each table in one transaction that
# also removes what an earlier run left; last the sets that nothing names any more. Only chains
# NPC-*, sets npc-*, and the jumps to NPC-FORWARD, NPC-INPUT and NPC-MASQ are touched.
set -eu

# For the other variant: IPTABLES=iptables-legacy IP6TABLES=ip6tables-legacy sh ...
: "${IPSET:=ipset}" "${IPTABLES:=iptables}" "${IP6TABLES:=ip6tables}"
# What netpolc locks as well; LOCK= for none.
: "${LOCK=/var/lib/netpolc/lock}"

sets() {
  cat <<'NETPOLC'
# npc-n4-7c7ad98692bd: port http/TCP of each pod
create npc-n4-7c7ad98692bd hash:ip,port family inet hashsize 64 maxelem 16777216
add npc-n4-7c7ad98692bd 10.244.1.10,tcp:8080
# npc-p4-65f165a9c967: ns=shop pod{app=web}
create npc-p4-65f165a9c967 hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-65f165a9c967 10.244.1.10
# npc-p4-d2c9d4333d52: ns=shop pod{app=db}
create npc-p4-d2c9d4333d52 hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-d2c9d4333d52 10.244.1.12
# npc-n6-7c7ad98692bd: port http/TCP of each pod
create npc-n6-7c7ad98692bd hash:ip,port family inet6 hashsize 64 maxelem 16777216
add npc-n6-7c7ad98692bd fd00:10:244:1::a,tcp:8080
# npc-p6-65f165a9c967: ns=shop pod{app=web}
create npc-p6-65f165a9c967 hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-65f165a9c967 fd00:10:244:1::a
# npc-p6-d2c9d4333d52: ns=shop pod{app=db}
create npc-p6-d2c9d4333d52 hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-d2c9d4333d52 fd00:10:244:1::c
NETPOLC
}

rules4() {
  cat <<'NETPOLC'
*filter
:NPC-FORWARD - [0:0]
:NPC-NEW - [0:0]
:NPC-DENY-IN - [0:0]
:NPC-DENY-EG - [0:0]
:NPC-IN - [0:0]
:NPC-EG - [0:0]
:NPC-GI-d32d1232c8ba - [0:0]
:NPC-GI-d32d1232c8ba-NEW - [0:0]
:NPC-GI-e66e2b8f002d - [0:0]
:NPC-GE-72e538b87740 - [0:0]
:NPC-GE-72e538b87740-NEW - [0:0]
-A NPC-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
-A NPC-FORWARD -j NPC-EG
-A NPC-FORWARD -j NPC-IN
-A NPC-NEW -m conntrack --ctstate INVALID -j DROP
-A NPC-NEW -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j REJECT --reject-with tcp-reset
-A NPC-DENY-IN -j DROP
-A NPC-DENY-EG -j DROP
-A NPC-IN -d 10.244.1.10/32 -m comment --comment "shop/web" -g NPC-GI-e66e2b8f002d
-A NPC-IN -d 10.244.1.12/32 -m comment --comment "shop/db" -g NPC-GI-d32d1232c8ba
-A NPC-EG -s 10.244.1.10/32 -m comment --comment "shop/web" -g NPC-GE-72e538b87740-NEW
-A NPC-GI-d32d1232c8ba -p tcp -m tcp --dport 5432 -m set --match-set npc-p4-65f165a9c967 src -m comment --comment "shop/db-tighten ingress[0].from[0] ports[0] examples/audit/policies.yaml:16" -j RETURN
-A NPC-GI-d32d1232c8ba -m comment --comment "would be denied by shop/db-tighten examples/audit/policies.yaml:11" -j RETURN
-A NPC-GI-d32d1232c8ba-NEW -j NPC-NEW
-A NPC-GI-d32d1232c8ba-NEW -g NPC-GI-d32d1232c8ba
-A NPC-GI-e66e2b8f002d -j NPC-NEW
-A NPC-GI-e66e2b8f002d -m set --match-set npc-n4-7c7ad98692bd dst,dst -m comment --comment "shop/web ingress[0] ports[0] examples/audit/policies.yaml:49" -j RETURN
-A NPC-GI-e66e2b8f002d -m comment --comment "isolated by shop/web examples/audit/policies.yaml:45" -g NPC-DENY-IN
-A NPC-GE-72e538b87740 -p tcp -m tcp --dport 5432 -m set --match-set npc-p4-d2c9d4333d52 dst -m comment --comment "shop/web-egress egress[0].to[0] ports[0] examples/audit/policies.yaml:34" -j RETURN
-A NPC-GE-72e538b87740 -m comment --comment "would be denied by shop/web-egress examples/audit/policies.yaml:29" -j RETURN
-A NPC-GE-72e538b87740-NEW -j NPC-NEW
-A NPC-GE-72e538b87740-NEW -g NPC-GE-72e538b87740
-I FORWARD -j NPC-FORWARD
COMMIT
NETPOLC
}

rules6() {
  cat <<'NETPOLC'
*filter
:NPC-FORWARD - [0:0]
:NPC-NEW - [0:0]
:NPC-DENY-IN - [0:0]
:NPC-DENY-EG - [0:0]
:NPC-IN - [0:0]
:NPC-EG - [0:0]
:NPC-GI-d32d1232c8ba - [0:0]
:NPC-GI-d32d1232c8ba-NEW - [0:0]
:NPC-GI-e66e2b8f002d - [0:0]
:NPC-GE-72e538b87740 - [0:0]
:NPC-GE-72e538b87740-NEW - [0:0]
-A NPC-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
-A NPC-FORWARD -j NPC-EG
-A NPC-FORWARD -j NPC-IN
-A NPC-NEW -m conntrack --ctstate INVALID -j DROP
-A NPC-NEW -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j REJECT --reject-with tcp-reset
-A NPC-DENY-IN -p ipv6-icmp -m icmp6 --icmpv6-type 130 -j RETURN
-A NPC-DENY-IN -p ipv6-icmp -m icmp6 --icmpv6-type 131 -j RETURN
-A NPC-DENY-IN -p ipv6-icmp -m icmp6 --icmpv6-type 132 -j RETURN
-A NPC-DENY-IN -p ipv6-icmp -m icmp6 --icmpv6-type 133 -j RETURN
-A NPC-DENY-IN -p ipv6-icmp -m icmp6 --icmpv6-type 134 -j RETURN
-A NPC-DENY-IN -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j RETURN
-A NPC-DENY-IN -p ipv6-icmp -m icmp6 --icmpv6-type 136 -j RETURN
-A NPC-DENY-IN -p ipv6-icmp -m icmp6 --icmpv6-type 137 -j RETURN
-A NPC-DENY-IN -p ipv6-icmp -m icmp6 --icmpv6-type 143 -j RETURN
-A NPC-DENY-IN -j DROP
-A NPC-DENY-EG -p ipv6-icmp -m icmp6 --icmpv6-type 130 -j RETURN
-A NPC-DENY-EG -p ipv6-icmp -m icmp6 --icmpv6-type 131 -j RETURN
-A NPC-DENY-EG -p ipv6-icmp -m icmp6 --icmpv6-type 132 -j RETURN
-A NPC-DENY-EG -p ipv6-icmp -m icmp6 --icmpv6-type 133 -j RETURN
-A NPC-DENY-EG -p ipv6-icmp -m icmp6 --icmpv6-type 134 -j RETURN
-A NPC-DENY-EG -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j RETURN
-A NPC-DENY-EG -p ipv6-icmp -m icmp6 --icmpv6-type 136 -j RETURN
-A NPC-DENY-EG -p ipv6-icmp -m icmp6 --icmpv6-type 137 -j RETURN
-A NPC-DENY-EG -p ipv6-icmp -m icmp6 --icmpv6-type 143 -j RETURN
-A NPC-DENY-EG -j DROP
-A NPC-IN -d fd00:10:244:1::a/128 -m comment --comment "shop/web" -g NPC-GI-e66e2b8f002d
-A NPC-IN -d fd00:10:244:1::c/128 -m comment --comment "shop/db" -g NPC-GI-d32d1232c8ba
-A NPC-EG -s fd00:10:244:1::a/128 -m comment --comment "shop/web" -g NPC-GE-72e538b87740-NEW
-A NPC-GI-d32d1232c8ba -p tcp -m tcp --dport 5432 -m set --match-set npc-p6-65f165a9c967 src -m comment --comment "shop/db-tighten ingress[0].from[0] ports[0] examples/audit/policies.yaml:16" -j RETURN
-A NPC-GI-d32d1232c8ba -p ipv6-icmp -m icmp6 --icmpv6-type 130 -j RETURN
-A NPC-GI-d32d1232c8ba -p ipv6-icmp -m icmp6 --icmpv6-type 131 -j RETURN
-A NPC-GI-d32d1232c8ba -p ipv6-icmp -m icmp6 --icmpv6-type 132 -j RETURN
-A NPC-GI-d32d1232c8ba -p ipv6-icmp -m icmp6 --icmpv6-type 133 -j RETURN
-A NPC-GI-d32d1232c8ba -p ipv6-icmp -m icmp6 --icmpv6-type 134 -j RETURN
-A NPC-GI-d32d1232c8ba -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j RETURN
-A NPC-GI-d32d1232c8ba -p ipv6-icmp -m icmp6 --icmpv6-type 136 -j RETURN
-A NPC-GI-d32d1232c8ba -p ipv6-icmp -m icmp6 --icmpv6-type 137 -j RETURN
-A NPC-GI-d32d1232c8ba -p ipv6-icmp -m icmp6 --icmpv6-type 143 -j RETURN
-A NPC-GI-d32d1232c8ba -m comment --comment "would be denied by shop/db-tighten examples/audit/policies.yaml:11" -j RETURN
-A NPC-GI-d32d1232c8ba-NEW -j NPC-NEW
-A NPC-GI-d32d1232c8ba-NEW -g NPC-GI-d32d1232c8ba
-A NPC-GI-e66e2b8f002d -j NPC-NEW
-A NPC-GI-e66e2b8f002d -m set --match-set npc-n6-7c7ad98692bd dst,dst -m comment --comment "shop/web ingress[0] ports[0] examples/audit/policies.yaml:49" -j RETURN
-A NPC-GI-e66e2b8f002d -m comment --comment "isolated by shop/web examples/audit/policies.yaml:45" -g NPC-DENY-IN
-A NPC-GE-72e538b87740 -p tcp -m tcp --dport 5432 -m set --match-set npc-p6-d2c9d4333d52 dst -m comment --comment "shop/web-egress egress[0].to[0] ports[0] examples/audit/policies.yaml:34" -j RETURN
-A NPC-GE-72e538b87740 -p ipv6-icmp -m icmp6 --icmpv6-type 130 -j RETURN
-A NPC-GE-72e538b87740 -p ipv6-icmp -m icmp6 --icmpv6-type 131 -j RETURN
-A NPC-GE-72e538b87740 -p ipv6-icmp -m icmp6 --icmpv6-type 132 -j RETURN
-A NPC-GE-72e538b87740 -p ipv6-icmp -m icmp6 --icmpv6-type 133 -j RETURN
-A NPC-GE-72e538b87740 -p ipv6-icmp -m icmp6 --icmpv6-type 134 -j RETURN
-A NPC-GE-72e538b87740 -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j RETURN
-A NPC-GE-72e538b87740 -p ipv6-icmp -m icmp6 --icmpv6-type 136 -j RETURN
-A NPC-GE-72e538b87740 -p ipv6-icmp -m icmp6 --icmpv6-type 137 -j RETURN
-A NPC-GE-72e538b87740 -p ipv6-icmp -m icmp6 --icmpv6-type 143 -j RETURN
-A NPC-GE-72e538b87740 -m comment --comment "would be denied by shop/web-egress examples/audit/policies.yaml:29" -j RETURN
-A NPC-GE-72e538b87740-NEW -j NPC-NEW
-A NPC-GE-72e538b87740-NEW -g NPC-GE-72e538b87740
-I FORWARD -j NPC-FORWARD
COMMIT
NETPOLC
}

# update: turns sets of standard input into what ipset restores. One that is there, which comes
# before them as "present NAME", is filled under another name and then changes places, for rules
# may be looking into it.
update() {
  awk '
    function finish() { if (other != set) { print "swap", other, set; print "destroy", other } }
    $1 == "present" { present[$2]; next }
    $1 == "create" {
      finish()
      set = other = $2
      if (set in present) {
        print
        other = $2 = set "-new"
        print
        print "flush", other
        next
      }
    }
    $1 == "add" { $2 = other }
    { print }
    END { finish() }
  '
}

# names PATTERN: what PATTERN finds in lines of standard input, between spaces.
names() { printf ' '; sed -n "s/$1/\1/p" | tr '\n' ' '; }

# load COMMAND TABLE: replaces our chains by those of standard input.
load() {
  wanted=$(cat)
  present=$("$1" -w 10 -t "$2" -S)
  kept=$(printf '%s\n' "$wanted" | names '^:\([^ ]*\) .*')
  stale=
  for chain in $(printf '%s\n' "$present" | names '^-N \(NPC-.*\)'); do
    case $kept in *" $chain "*) ;; *) stale="$stale $chain" ;; esac
  done
  {
    echo "*$2"
    # The jump is made anew, so that it has its place again.
    printf '%s\n' "$present" | sed -n -e 's/^-A \(FORWARD -j NPC-FORWARD\)$/-D \1/p' \
      -e 's/^-A \(INPUT -j NPC-INPUT\)$/-D \1/p' -e 's/^-A \(POSTROUTING -j NPC-MASQ\)$/-D \1/p'
    printf '%s\n' "$wanted" | sed '1d;$d'
    for chain in $stale; do echo "-F $chain"; done
    for chain in $stale; do echo "-X $chain"; done
    echo COMMIT
  } | "$1-restore" -w 10 --noflush
}

# translates COMMAND NAMES: whether there can be chains of ours in table nat. To ask iptables for
# a table of the older kind would make it.
translates() {
  case $("$1" -V) in *nf_tables*) return 0 ;; esac
  grep -qx nat "/proc/net/$2" 2>/dev/null
}

# nat FUNCTION COMMAND NAMES: as load, but without that function only what is there is removed.
nat() {
  if command -v "$1" >/dev/null; then
    "$1" | load "$2" nat
  elif translates "$2" "$3"; then
    printf '*nat\nCOMMIT\n' | load "$2" nat
  fi
}

case ${1:-} in
  '') ;;
  remove)
    unset -f nat4 nat6
    sets() { :; }
    rules4() { printf '*filter\nCOMMIT\n'; }
    rules6() { rules4; }
    ;;
  *)
    echo "usage: $0 [remove]" >&2
    exit 64
    ;;
esac

# With iptables alone two runs at once would remove each other's chains.
if [ -n "$LOCK" ] && command -v flock >/dev/null && mkdir -p "${LOCK%/*}"; then
  exec 9>>"$LOCK"
  flock -n 9 || { echo "$0: waiting for $LOCK" >&2; flock 9; }
  echo $$ >"$LOCK"
fi

present=$("$IPSET" list -n)
{ printf '%s\n' "$present" | sed 's/^/present /'; sets; } | update | "$IPSET" -exist restore
# What translates before what lets pass, so that nothing new leaves by a source that is not meant.
nat nat4 "$IPTABLES" ip_tables_names
rules4 | load "$IPTABLES" filter
# A kernel without IPv6 has no packets of it either.
if [ -e /proc/sys/net/ipv6 ]; then
  nat nat6 "$IP6TABLES" ip6_tables_names
  rules6 | load "$IP6TABLES" filter
fi

kept=$(sets | names '^create \([^ ]*\) .*')
for set in $("$IPSET" list -n); do
  case $set in npc-[bmnp][46]-*) ;; *) continue ;; esac
  case $kept in *" $set "*) ;; *) "$IPSET" destroy "$set" ;; esac
done
