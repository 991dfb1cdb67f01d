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
# npc-b4-1a6ff3bfe570: ipBlocks: 2 ranges
create npc-b4-1a6ff3bfe570 hash:net family inet hashsize 64 maxelem 16777216
add npc-b4-1a6ff3bfe570 10.1.2.0/25
add npc-b4-1a6ff3bfe570 10.1.2.129
add npc-b4-1a6ff3bfe570 10.1.2.130/31
add npc-b4-1a6ff3bfe570 10.1.2.132/30
add npc-b4-1a6ff3bfe570 10.1.2.136/29
add npc-b4-1a6ff3bfe570 10.1.2.144/28
add npc-b4-1a6ff3bfe570 10.1.2.160/27
add npc-b4-1a6ff3bfe570 10.1.2.192/26
# npc-b4-2b2c68e3f68b: ipBlocks: 14 ranges
create npc-b4-2b2c68e3f68b hash:net family inet hashsize 64 maxelem 16777216
add npc-b4-2b2c68e3f68b 100.64.0.0/10
add npc-b4-2b2c68e3f68b 172.20.0.0/15
add npc-b4-2b2c68e3f68b 172.23.0.0/16
add npc-b4-2b2c68e3f68b 192.0.2.0/26
add npc-b4-2b2c68e3f68b 192.0.2.96
add npc-b4-2b2c68e3f68b 192.0.2.98/31
add npc-b4-2b2c68e3f68b 192.88.99.1
add npc-b4-2b2c68e3f68b 198.18.0.0/15
add npc-b4-2b2c68e3f68b 198.51.100.0/26
add npc-b4-2b2c68e3f68b 198.51.100.80/28
add npc-b4-2b2c68e3f68b 198.51.100.128/26
add npc-b4-2b2c68e3f68b 198.51.100.192/29
add npc-b4-2b2c68e3f68b 198.51.100.201
add npc-b4-2b2c68e3f68b 198.51.100.202/31
add npc-b4-2b2c68e3f68b 198.51.100.204/30
add npc-b4-2b2c68e3f68b 198.51.100.208/28
add npc-b4-2b2c68e3f68b 198.51.100.224/27
add npc-b4-2b2c68e3f68b 203.0.113.0/24
add npc-b4-2b2c68e3f68b 255.255.255.255
# npc-b4-7ad6022d665a: ipBlocks: 5 ranges
create npc-b4-7ad6022d665a hash:net family inet hashsize 64 maxelem 16777216
add npc-b4-7ad6022d665a 0.0.0.0/5
add npc-b4-7ad6022d665a 8.0.0.0/7
add npc-b4-7ad6022d665a 11.0.0.0/8
add npc-b4-7ad6022d665a 12.0.0.0/6
add npc-b4-7ad6022d665a 16.0.0.0/4
add npc-b4-7ad6022d665a 32.0.0.0/3
add npc-b4-7ad6022d665a 64.0.0.0/2
add npc-b4-7ad6022d665a 128.0.0.0/3
add npc-b4-7ad6022d665a 160.0.0.0/5
add npc-b4-7ad6022d665a 168.0.0.0/8
add npc-b4-7ad6022d665a 169.0.0.0/9
add npc-b4-7ad6022d665a 169.128.0.0/10
add npc-b4-7ad6022d665a 169.192.0.0/11
add npc-b4-7ad6022d665a 169.224.0.0/12
add npc-b4-7ad6022d665a 169.240.0.0/13
add npc-b4-7ad6022d665a 169.248.0.0/14
add npc-b4-7ad6022d665a 169.252.0.0/15
add npc-b4-7ad6022d665a 169.255.0.0/16
add npc-b4-7ad6022d665a 170.0.0.0/7
add npc-b4-7ad6022d665a 172.0.0.0/12
add npc-b4-7ad6022d665a 172.32.0.0/11
add npc-b4-7ad6022d665a 172.64.0.0/10
add npc-b4-7ad6022d665a 172.128.0.0/9
add npc-b4-7ad6022d665a 173.0.0.0/8
add npc-b4-7ad6022d665a 174.0.0.0/7
add npc-b4-7ad6022d665a 176.0.0.0/4
add npc-b4-7ad6022d665a 192.0.0.0/9
add npc-b4-7ad6022d665a 192.128.0.0/11
add npc-b4-7ad6022d665a 192.160.0.0/13
add npc-b4-7ad6022d665a 192.169.0.0/16
add npc-b4-7ad6022d665a 192.170.0.0/15
add npc-b4-7ad6022d665a 192.172.0.0/14
add npc-b4-7ad6022d665a 192.176.0.0/12
add npc-b4-7ad6022d665a 192.192.0.0/10
add npc-b4-7ad6022d665a 193.0.0.0/8
add npc-b4-7ad6022d665a 194.0.0.0/7
add npc-b4-7ad6022d665a 196.0.0.0/6
add npc-b4-7ad6022d665a 200.0.0.0/5
add npc-b4-7ad6022d665a 208.0.0.0/4
add npc-b4-7ad6022d665a 224.0.0.0/3
# npc-b4-7bb98720d44f: ipBlocks: 2 ranges
create npc-b4-7bb98720d44f hash:net family inet hashsize 64 maxelem 16777216
add npc-b4-7bb98720d44f 10.0.0.0/16
add npc-b4-7bb98720d44f 10.2.0.0/15
add npc-b4-7bb98720d44f 10.4.0.0/14
add npc-b4-7bb98720d44f 10.8.0.0/13
add npc-b4-7bb98720d44f 10.16.0.0/12
add npc-b4-7bb98720d44f 10.32.0.0/11
add npc-b4-7bb98720d44f 10.64.0.0/10
add npc-b4-7bb98720d44f 10.128.0.0/9
# npc-b6-48de0b643341: ipBlocks: 1 ranges
create npc-b6-48de0b643341 hash:net family inet6 hashsize 64 maxelem 16777216
add npc-b6-48de0b643341 2001:db8:2::/49
add npc-b6-48de0b643341 2001:db8:2:8000::/50
add npc-b6-48de0b643341 2001:db8:2:c000::/51
add npc-b6-48de0b643341 2001:db8:2:e000::/52
add npc-b6-48de0b643341 2001:db8:2:f000::/53
add npc-b6-48de0b643341 2001:db8:2:f800::/54
add npc-b6-48de0b643341 2001:db8:2:fc00::/55
add npc-b6-48de0b643341 2001:db8:2:fe00::/56
add npc-b6-48de0b643341 2001:db8:2:ff00::/57
add npc-b6-48de0b643341 2001:db8:2:ff80::/58
add npc-b6-48de0b643341 2001:db8:2:ffc0::/59
add npc-b6-48de0b643341 2001:db8:2:ffe0::/60
add npc-b6-48de0b643341 2001:db8:2:fff0::/61
add npc-b6-48de0b643341 2001:db8:2:fff8::/62
add npc-b6-48de0b643341 2001:db8:2:fffc::/63
add npc-b6-48de0b643341 2001:db8:2:fffe::/64
# npc-b6-7cbf9d080097: ipBlocks: 3 ranges
create npc-b6-7cbf9d080097 hash:net family inet6 hashsize 64 maxelem 16777216
add npc-b6-7cbf9d080097 ::/1
add npc-b6-7cbf9d080097 8000::/2
add npc-b6-7cbf9d080097 c000::/3
add npc-b6-7cbf9d080097 e000::/4
add npc-b6-7cbf9d080097 f000::/5
add npc-b6-7cbf9d080097 f800::/6
add npc-b6-7cbf9d080097 fe00::/9
add npc-b6-7cbf9d080097 fec0::/10
add npc-b6-7cbf9d080097 ff00::/8
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
:NPC-GI-1ca585492d9b - [0:0]
:NPC-GI-5d90987c4a43 - [0:0]
:NPC-GE-5d90987c4a43 - [0:0]
-A NPC-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
-A NPC-FORWARD -j NPC-EG
-A NPC-FORWARD -j NPC-IN
-A NPC-NEW -m conntrack --ctstate INVALID -j DROP
-A NPC-NEW -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j REJECT --reject-with tcp-reset
-A NPC-DENY-IN -j DROP
-A NPC-DENY-EG -j DROP
-A NPC-IN -d 10.244.1.50/32 -m comment --comment "edge/proxy-0" -g NPC-GI-5d90987c4a43
-A NPC-IN -d 10.244.1.51/32 -m comment --comment "edge/allowlist-0" -g NPC-GI-1ca585492d9b
-A NPC-EG -s 10.244.1.50/32 -m comment --comment "edge/proxy-0" -g NPC-GE-5d90987c4a43
-A NPC-EG -s 10.244.1.51/32 -m comment --comment "edge/allowlist-0" -g NPC-NEW
-A NPC-GI-1ca585492d9b -j NPC-NEW
-A NPC-GI-1ca585492d9b -p tcp -m tcp --dport 443 -m set --match-set npc-b4-2b2c68e3f68b src -m comment --comment "edge/partners ingress[0] ports[0] examples/ipblock-except/partners.yaml:13" -j RETURN
-A NPC-GI-1ca585492d9b -m comment --comment "isolated by edge/partners examples/ipblock-except/partners.yaml:9" -g NPC-DENY-IN
-A NPC-GI-5d90987c4a43 -j NPC-NEW
-A NPC-GI-5d90987c4a43 -p tcp -m tcp --dport 80 -m set --match-set npc-b4-7bb98720d44f src -m comment --comment "edge/blocks ingress[0].from[0] ports[0] examples/ipblock-except/blocks.yaml:15" -j RETURN
-A NPC-GI-5d90987c4a43 -p tcp -m tcp --dport 443 -m set --match-set npc-b4-7bb98720d44f src -m comment --comment "edge/blocks ingress[1].from[0] ports[0] examples/ipblock-except/blocks.yaml:25" -j RETURN
-A NPC-GI-5d90987c4a43 -p tcp -m tcp --dport 443 -m set --match-set npc-b4-1a6ff3bfe570 src -m comment --comment "edge/blocks ingress[1].from[1] ports[0] examples/ipblock-except/blocks.yaml:29" -j RETURN
-A NPC-GI-5d90987c4a43 -m comment --comment "isolated by edge/blocks examples/ipblock-except/blocks.yaml:9" -g NPC-DENY-IN
-A NPC-GE-5d90987c4a43 -j NPC-NEW
-A NPC-GE-5d90987c4a43 -m set --match-set npc-b4-7ad6022d665a dst -m comment --comment "edge/blocks egress[0].to[0] examples/ipblock-except/blocks.yaml:47" -j RETURN
-A NPC-GE-5d90987c4a43 -p udp -m udp --dport 123 -m comment --comment "edge/blocks egress[1].to[0] ports[0] examples/ipblock-except/blocks.yaml:61" -j RETURN
-A NPC-GE-5d90987c4a43 -m comment --comment "isolated by edge/blocks examples/ipblock-except/blocks.yaml:9" -g NPC-DENY-EG
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
:NPC-GI-1ca585492d9b - [0:0]
:NPC-GI-5d90987c4a43 - [0:0]
:NPC-GE-5d90987c4a43 - [0:0]
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
-A NPC-IN -d fd00:10:244:1::32/128 -m comment --comment "edge/proxy-0" -g NPC-GI-5d90987c4a43
-A NPC-IN -d fd00:10:244:1::33/128 -m comment --comment "edge/allowlist-0" -g NPC-GI-1ca585492d9b
-A NPC-EG -s fd00:10:244:1::32/128 -m comment --comment "edge/proxy-0" -g NPC-GE-5d90987c4a43
-A NPC-EG -s fd00:10:244:1::33/128 -m comment --comment "edge/allowlist-0" -g NPC-NEW
-A NPC-GI-1ca585492d9b -j NPC-NEW
-A NPC-GI-1ca585492d9b -s 2001:db8:1::/48 -p tcp -m tcp --dport 443 -m comment --comment "edge/partners ingress[0].from[16] ports[0] examples/ipblock-except/partners.yaml:37" -j RETURN
-A NPC-GI-1ca585492d9b -p tcp -m tcp --dport 443 -m set --match-set npc-b6-48de0b643341 src -m comment --comment "edge/partners ingress[0].from[17] ports[0] examples/ipblock-except/partners.yaml:38" -j RETURN
-A NPC-GI-1ca585492d9b -m comment --comment "isolated by edge/partners examples/ipblock-except/partners.yaml:9" -g NPC-DENY-IN
-A NPC-GI-5d90987c4a43 -j NPC-NEW
-A NPC-GI-5d90987c4a43 -m comment --comment "isolated by edge/blocks examples/ipblock-except/blocks.yaml:9" -g NPC-DENY-IN
-A NPC-GE-5d90987c4a43 -j NPC-NEW
-A NPC-GE-5d90987c4a43 -m set --match-set npc-b6-7cbf9d080097 dst -m comment --comment "edge/blocks egress[0].to[1] examples/ipblock-except/blocks.yaml:54" -j RETURN
-A NPC-GE-5d90987c4a43 -m comment --comment "isolated by edge/blocks examples/ipblock-except/blocks.yaml:9" -g NPC-DENY-EG
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
