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
# npc-b4-eee5bfeed1a8: ipBlocks: 3 ranges
create npc-b4-eee5bfeed1a8 hash:net family inet hashsize 64 maxelem 16777216
add npc-b4-eee5bfeed1a8 0.0.0.0/5
add npc-b4-eee5bfeed1a8 8.0.0.0/7
add npc-b4-eee5bfeed1a8 11.0.0.0/8
add npc-b4-eee5bfeed1a8 12.0.0.0/6
add npc-b4-eee5bfeed1a8 16.0.0.0/4
add npc-b4-eee5bfeed1a8 32.0.0.0/3
add npc-b4-eee5bfeed1a8 64.0.0.0/2
add npc-b4-eee5bfeed1a8 128.0.0.0/3
add npc-b4-eee5bfeed1a8 160.0.0.0/5
add npc-b4-eee5bfeed1a8 168.0.0.0/8
add npc-b4-eee5bfeed1a8 169.0.0.0/9
add npc-b4-eee5bfeed1a8 169.128.0.0/10
add npc-b4-eee5bfeed1a8 169.192.0.0/11
add npc-b4-eee5bfeed1a8 169.224.0.0/12
add npc-b4-eee5bfeed1a8 169.240.0.0/13
add npc-b4-eee5bfeed1a8 169.248.0.0/14
add npc-b4-eee5bfeed1a8 169.252.0.0/15
add npc-b4-eee5bfeed1a8 169.254.0.0/17
add npc-b4-eee5bfeed1a8 169.254.128.0/19
add npc-b4-eee5bfeed1a8 169.254.160.0/21
add npc-b4-eee5bfeed1a8 169.254.168.0/24
add npc-b4-eee5bfeed1a8 169.254.169.0/25
add npc-b4-eee5bfeed1a8 169.254.169.128/26
add npc-b4-eee5bfeed1a8 169.254.169.192/27
add npc-b4-eee5bfeed1a8 169.254.169.224/28
add npc-b4-eee5bfeed1a8 169.254.169.240/29
add npc-b4-eee5bfeed1a8 169.254.169.248/30
add npc-b4-eee5bfeed1a8 169.254.169.252/31
add npc-b4-eee5bfeed1a8 169.254.169.255
add npc-b4-eee5bfeed1a8 169.254.170.0/23
add npc-b4-eee5bfeed1a8 169.254.172.0/22
add npc-b4-eee5bfeed1a8 169.254.176.0/20
add npc-b4-eee5bfeed1a8 169.254.192.0/18
add npc-b4-eee5bfeed1a8 169.255.0.0/16
add npc-b4-eee5bfeed1a8 170.0.0.0/7
add npc-b4-eee5bfeed1a8 172.0.0.0/6
add npc-b4-eee5bfeed1a8 176.0.0.0/4
add npc-b4-eee5bfeed1a8 192.0.0.0/2
# npc-n4-4259186b4c69: port metrics/TCP of each pod
create npc-n4-4259186b4c69 hash:ip,port family inet hashsize 64 maxelem 16777216
add npc-n4-4259186b4c69 10.244.1.12,tcp:9090
add npc-n4-4259186b4c69 10.244.2.12,tcp:9090
# npc-n4-7c7ad98692bd: port http/TCP of each pod
create npc-n4-7c7ad98692bd hash:ip,port family inet hashsize 64 maxelem 16777216
add npc-n4-7c7ad98692bd 10.244.1.11,tcp:8080
add npc-n4-7c7ad98692bd 10.244.2.11,tcp:8080
# npc-n4-a0cc96ba2a0c: port https/TCP of each pod
create npc-n4-a0cc96ba2a0c hash:ip,port family inet hashsize 64 maxelem 16777216
add npc-n4-a0cc96ba2a0c 10.244.1.12,tcp:8443
add npc-n4-a0cc96ba2a0c 10.244.2.12,tcp:8443
# npc-p4-0aad6c02087f: ns=shop pod{app in (api,report)}
create npc-p4-0aad6c02087f hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-0aad6c02087f 10.244.1.12
add npc-p4-0aad6c02087f 10.244.2.12
# npc-p4-0ebe1458427d: ns=shop pod{app=api}
create npc-p4-0ebe1458427d hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-0ebe1458427d 10.244.1.12
add npc-p4-0ebe1458427d 10.244.2.12
# npc-p4-65f165a9c967: ns=shop pod{app=web}
create npc-p4-65f165a9c967 hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-65f165a9c967 10.244.1.11
add npc-p4-65f165a9c967 10.244.2.11
# npc-p4-899fbae8797e: ns{team=observability} pod{app=prometheus}
create npc-p4-899fbae8797e hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-899fbae8797e 10.244.1.14
# npc-p4-d2c9d4333d52: ns=shop pod{app=db}
create npc-p4-d2c9d4333d52 hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-d2c9d4333d52 10.244.2.13
# npc-p4-e4bcd6d4aafa: ns{kubernetes.io/metadata.name=kube-system} pod{k8s-app=kube-dns}
create npc-p4-e4bcd6d4aafa hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-e4bcd6d4aafa 10.244.1.2
add npc-p4-e4bcd6d4aafa 10.244.2.2
# npc-n6-4259186b4c69: port metrics/TCP of each pod
create npc-n6-4259186b4c69 hash:ip,port family inet6 hashsize 64 maxelem 16777216
add npc-n6-4259186b4c69 fd00:10:244:1::c,tcp:9090
add npc-n6-4259186b4c69 fd00:10:244:2::c,tcp:9090
# npc-n6-7c7ad98692bd: port http/TCP of each pod
create npc-n6-7c7ad98692bd hash:ip,port family inet6 hashsize 64 maxelem 16777216
add npc-n6-7c7ad98692bd fd00:10:244:1::b,tcp:8080
add npc-n6-7c7ad98692bd fd00:10:244:2::b,tcp:8080
# npc-n6-a0cc96ba2a0c: port https/TCP of each pod
create npc-n6-a0cc96ba2a0c hash:ip,port family inet6 hashsize 64 maxelem 16777216
add npc-n6-a0cc96ba2a0c fd00:10:244:1::c,tcp:8443
add npc-n6-a0cc96ba2a0c fd00:10:244:2::c,tcp:8443
# npc-p6-0aad6c02087f: ns=shop pod{app in (api,report)}
create npc-p6-0aad6c02087f hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-0aad6c02087f fd00:10:244:1::c
add npc-p6-0aad6c02087f fd00:10:244:2::c
# npc-p6-0ebe1458427d: ns=shop pod{app=api}
create npc-p6-0ebe1458427d hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-0ebe1458427d fd00:10:244:1::c
add npc-p6-0ebe1458427d fd00:10:244:2::c
# npc-p6-65f165a9c967: ns=shop pod{app=web}
create npc-p6-65f165a9c967 hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-65f165a9c967 fd00:10:244:1::b
add npc-p6-65f165a9c967 fd00:10:244:2::b
# npc-p6-899fbae8797e: ns{team=observability} pod{app=prometheus}
create npc-p6-899fbae8797e hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-899fbae8797e fd00:10:244:1::e
# npc-p6-d2c9d4333d52: ns=shop pod{app=db}
create npc-p6-d2c9d4333d52 hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-d2c9d4333d52 fd00:10:244:2::d
# npc-p6-e4bcd6d4aafa: ns{kubernetes.io/metadata.name=kube-system} pod{k8s-app=kube-dns}
create npc-p6-e4bcd6d4aafa hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-e4bcd6d4aafa fd00:10:244:1::2
add npc-p6-e4bcd6d4aafa fd00:10:244:2::2
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
:NPC-GI-62c865280ad3 - [0:0]
:NPC-GI-960a1b5e65ad - [0:0]
:NPC-GI-c7eee2106a6b - [0:0]
:NPC-GE-2b98e2a3c3e3 - [0:0]
:NPC-GE-991705e061d3 - [0:0]
:NPC-GE-e7e075388dde - [0:0]
-A NPC-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
-A NPC-FORWARD -j NPC-EG
-A NPC-FORWARD -j NPC-IN
-A NPC-NEW -m conntrack --ctstate INVALID -j DROP
-A NPC-NEW -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j REJECT --reject-with tcp-reset
-A NPC-DENY-IN -j DROP
-A NPC-DENY-EG -j DROP
-A NPC-IN -d 10.244.1.11/32 -m comment --comment "shop/web-6d8f7c9b4-2xkq9" -g NPC-GI-c7eee2106a6b
-A NPC-IN -d 10.244.1.12/32 -m comment --comment "shop/api-7b5c6d4f8-9hqwv" -g NPC-GI-960a1b5e65ad
-A NPC-IN -d 10.244.2.11/32 -m comment --comment "shop/web-6d8f7c9b4-lm5zt" -g NPC-GI-c7eee2106a6b
-A NPC-IN -d 10.244.2.12/32 -m comment --comment "shop/api-7b5c6d4f8-tz2cd" -g NPC-GI-960a1b5e65ad
-A NPC-IN -d 10.244.2.13/32 -m comment --comment "shop/db-0" -g NPC-GI-62c865280ad3
-A NPC-EG -s 10.244.1.11/32 -m comment --comment "shop/web-6d8f7c9b4-2xkq9" -g NPC-GE-2b98e2a3c3e3
-A NPC-EG -s 10.244.1.12/32 -m comment --comment "shop/api-7b5c6d4f8-9hqwv" -g NPC-GE-991705e061d3
-A NPC-EG -s 10.244.2.11/32 -m comment --comment "shop/web-6d8f7c9b4-lm5zt" -g NPC-GE-2b98e2a3c3e3
-A NPC-EG -s 10.244.2.12/32 -m comment --comment "shop/api-7b5c6d4f8-tz2cd" -g NPC-GE-991705e061d3
-A NPC-EG -s 10.244.2.13/32 -m comment --comment "shop/db-0" -g NPC-GE-e7e075388dde
-A NPC-GI-62c865280ad3 -j NPC-NEW
-A NPC-GI-62c865280ad3 -p tcp -m tcp --dport 5432 -m set --match-set npc-p4-0aad6c02087f src -m comment --comment "shop/db ingress[0].from[0] ports[0] examples/web-api-db/db.yaml:12" -j RETURN
-A NPC-GI-62c865280ad3 -m comment --comment "isolated by shop/default-deny (+1) examples/web-api-db/default-deny.yaml:7" -g NPC-DENY-IN
-A NPC-GI-960a1b5e65ad -j NPC-NEW
-A NPC-GI-960a1b5e65ad -m set --match-set npc-n4-a0cc96ba2a0c dst,dst -m set --match-set npc-p4-65f165a9c967 src -m comment --comment "shop/api ingress[0].from[0] ports[0] examples/web-api-db/api.yaml:12" -j RETURN
-A NPC-GI-960a1b5e65ad -m set --match-set npc-n4-4259186b4c69 dst,dst -m set --match-set npc-p4-899fbae8797e src -m comment --comment "shop/api ingress[1].from[0] ports[0] examples/web-api-db/api.yaml:17" -j RETURN
-A NPC-GI-960a1b5e65ad -m comment --comment "isolated by shop/default-deny (+1) examples/web-api-db/default-deny.yaml:7" -g NPC-DENY-IN
-A NPC-GI-c7eee2106a6b -j NPC-NEW
-A NPC-GI-c7eee2106a6b -s 203.0.113.0/24 -m set --match-set npc-n4-7c7ad98692bd dst,dst -m comment --comment "shop/web ingress[0].from[0] ports[0] examples/web-api-db/web.yaml:12" -j RETURN
-A NPC-GI-c7eee2106a6b -m comment --comment "isolated by shop/default-deny (+1) examples/web-api-db/default-deny.yaml:7" -g NPC-DENY-IN
-A NPC-GE-2b98e2a3c3e3 -j NPC-NEW
-A NPC-GE-2b98e2a3c3e3 -p tcp -m tcp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "shop/allow-dns egress[0].to[0] ports[1] examples/web-api-db/dns.yaml:11" -j RETURN
-A NPC-GE-2b98e2a3c3e3 -p udp -m udp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "shop/allow-dns egress[0].to[0] ports[0] examples/web-api-db/dns.yaml:11" -j RETURN
-A NPC-GE-2b98e2a3c3e3 -p tcp -m tcp --dport 8443 -m set --match-set npc-p4-0ebe1458427d dst -m comment --comment "shop/web egress[0].to[0] ports[0] examples/web-api-db/web.yaml:18" -j RETURN
-A NPC-GE-2b98e2a3c3e3 -m comment --comment "isolated by shop/default-deny (+2) examples/web-api-db/default-deny.yaml:7" -g NPC-DENY-EG
-A NPC-GE-991705e061d3 -j NPC-NEW
-A NPC-GE-991705e061d3 -p tcp -m tcp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "shop/allow-dns egress[0].to[0] ports[1] examples/web-api-db/dns.yaml:11" -j RETURN
-A NPC-GE-991705e061d3 -p udp -m udp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "shop/allow-dns egress[0].to[0] ports[0] examples/web-api-db/dns.yaml:11" -j RETURN
-A NPC-GE-991705e061d3 -p tcp -m tcp --dport 5432 -m set --match-set npc-p4-d2c9d4333d52 dst -m comment --comment "shop/api egress[0].to[0] ports[0] examples/web-api-db/api.yaml:25" -j RETURN
-A NPC-GE-991705e061d3 -p tcp -m multiport --dports 80,443 -m set --match-set npc-b4-eee5bfeed1a8 dst -m comment --comment "shop/api egress[1].to[0] ports[0,1] examples/web-api-db/api.yaml:30" -j RETURN
-A NPC-GE-991705e061d3 -m comment --comment "isolated by shop/default-deny (+2) examples/web-api-db/default-deny.yaml:7" -g NPC-DENY-EG
-A NPC-GE-e7e075388dde -j NPC-NEW
-A NPC-GE-e7e075388dde -p tcp -m tcp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "shop/allow-dns egress[0].to[0] ports[1] examples/web-api-db/dns.yaml:11" -j RETURN
-A NPC-GE-e7e075388dde -p udp -m udp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "shop/allow-dns egress[0].to[0] ports[0] examples/web-api-db/dns.yaml:11" -j RETURN
-A NPC-GE-e7e075388dde -m comment --comment "isolated by shop/default-deny (+1) examples/web-api-db/default-deny.yaml:7" -g NPC-DENY-EG
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
:NPC-GI-62c865280ad3 - [0:0]
:NPC-GI-960a1b5e65ad - [0:0]
:NPC-GI-c7eee2106a6b - [0:0]
:NPC-GE-2b98e2a3c3e3 - [0:0]
:NPC-GE-991705e061d3 - [0:0]
:NPC-GE-e7e075388dde - [0:0]
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
-A NPC-IN -d fd00:10:244:1::b/128 -m comment --comment "shop/web-6d8f7c9b4-2xkq9" -g NPC-GI-c7eee2106a6b
-A NPC-IN -d fd00:10:244:1::c/128 -m comment --comment "shop/api-7b5c6d4f8-9hqwv" -g NPC-GI-960a1b5e65ad
-A NPC-IN -d fd00:10:244:2::b/128 -m comment --comment "shop/web-6d8f7c9b4-lm5zt" -g NPC-GI-c7eee2106a6b
-A NPC-IN -d fd00:10:244:2::c/128 -m comment --comment "shop/api-7b5c6d4f8-tz2cd" -g NPC-GI-960a1b5e65ad
-A NPC-IN -d fd00:10:244:2::d/128 -m comment --comment "shop/db-0" -g NPC-GI-62c865280ad3
-A NPC-EG -s fd00:10:244:1::b/128 -m comment --comment "shop/web-6d8f7c9b4-2xkq9" -g NPC-GE-2b98e2a3c3e3
-A NPC-EG -s fd00:10:244:1::c/128 -m comment --comment "shop/api-7b5c6d4f8-9hqwv" -g NPC-GE-991705e061d3
-A NPC-EG -s fd00:10:244:2::b/128 -m comment --comment "shop/web-6d8f7c9b4-lm5zt" -g NPC-GE-2b98e2a3c3e3
-A NPC-EG -s fd00:10:244:2::c/128 -m comment --comment "shop/api-7b5c6d4f8-tz2cd" -g NPC-GE-991705e061d3
-A NPC-EG -s fd00:10:244:2::d/128 -m comment --comment "shop/db-0" -g NPC-GE-e7e075388dde
-A NPC-GI-62c865280ad3 -j NPC-NEW
-A NPC-GI-62c865280ad3 -p tcp -m tcp --dport 5432 -m set --match-set npc-p6-0aad6c02087f src -m comment --comment "shop/db ingress[0].from[0] ports[0] examples/web-api-db/db.yaml:12" -j RETURN
-A NPC-GI-62c865280ad3 -m comment --comment "isolated by shop/default-deny (+1) examples/web-api-db/default-deny.yaml:7" -g NPC-DENY-IN
-A NPC-GI-960a1b5e65ad -j NPC-NEW
-A NPC-GI-960a1b5e65ad -m set --match-set npc-n6-a0cc96ba2a0c dst,dst -m set --match-set npc-p6-65f165a9c967 src -m comment --comment "shop/api ingress[0].from[0] ports[0] examples/web-api-db/api.yaml:12" -j RETURN
-A NPC-GI-960a1b5e65ad -m set --match-set npc-n6-4259186b4c69 dst,dst -m set --match-set npc-p6-899fbae8797e src -m comment --comment "shop/api ingress[1].from[0] ports[0] examples/web-api-db/api.yaml:17" -j RETURN
-A NPC-GI-960a1b5e65ad -m comment --comment "isolated by shop/default-deny (+1) examples/web-api-db/default-deny.yaml:7" -g NPC-DENY-IN
-A NPC-GI-c7eee2106a6b -j NPC-NEW
-A NPC-GI-c7eee2106a6b -s 2001:db8:100::/56 -m set --match-set npc-n6-7c7ad98692bd dst,dst -m comment --comment "shop/web ingress[0].from[1] ports[0] examples/web-api-db/web.yaml:13" -j RETURN
-A NPC-GI-c7eee2106a6b -m comment --comment "isolated by shop/default-deny (+1) examples/web-api-db/default-deny.yaml:7" -g NPC-DENY-IN
-A NPC-GE-2b98e2a3c3e3 -j NPC-NEW
-A NPC-GE-2b98e2a3c3e3 -p tcp -m tcp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "shop/allow-dns egress[0].to[0] ports[1] examples/web-api-db/dns.yaml:11" -j RETURN
-A NPC-GE-2b98e2a3c3e3 -p udp -m udp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "shop/allow-dns egress[0].to[0] ports[0] examples/web-api-db/dns.yaml:11" -j RETURN
-A NPC-GE-2b98e2a3c3e3 -p tcp -m tcp --dport 8443 -m set --match-set npc-p6-0ebe1458427d dst -m comment --comment "shop/web egress[0].to[0] ports[0] examples/web-api-db/web.yaml:18" -j RETURN
-A NPC-GE-2b98e2a3c3e3 -m comment --comment "isolated by shop/default-deny (+2) examples/web-api-db/default-deny.yaml:7" -g NPC-DENY-EG
-A NPC-GE-991705e061d3 -j NPC-NEW
-A NPC-GE-991705e061d3 -p tcp -m tcp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "shop/allow-dns egress[0].to[0] ports[1] examples/web-api-db/dns.yaml:11" -j RETURN
-A NPC-GE-991705e061d3 -p udp -m udp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "shop/allow-dns egress[0].to[0] ports[0] examples/web-api-db/dns.yaml:11" -j RETURN
-A NPC-GE-991705e061d3 -p tcp -m tcp --dport 5432 -m set --match-set npc-p6-d2c9d4333d52 dst -m comment --comment "shop/api egress[0].to[0] ports[0] examples/web-api-db/api.yaml:25" -j RETURN
-A NPC-GE-991705e061d3 -m comment --comment "isolated by shop/default-deny (+2) examples/web-api-db/default-deny.yaml:7" -g NPC-DENY-EG
-A NPC-GE-e7e075388dde -j NPC-NEW
-A NPC-GE-e7e075388dde -p tcp -m tcp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "shop/allow-dns egress[0].to[0] ports[1] examples/web-api-db/dns.yaml:11" -j RETURN
-A NPC-GE-e7e075388dde -p udp -m udp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "shop/allow-dns egress[0].to[0] ports[0] examples/web-api-db/dns.yaml:11" -j RETURN
-A NPC-GE-e7e075388dde -m comment --comment "isolated by shop/default-deny (+1) examples/web-api-db/default-deny.yaml:7" -g NPC-DENY-EG
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
