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
# npc-b4-f140258f6dbd: ipBlocks: 2 ranges
create npc-b4-f140258f6dbd hash:net family inet hashsize 64 maxelem 16777216
add npc-b4-f140258f6dbd 0.0.0.0/5
add npc-b4-f140258f6dbd 8.0.0.0/7
add npc-b4-f140258f6dbd 10.0.0.0/9
add npc-b4-f140258f6dbd 10.128.0.0/10
add npc-b4-f140258f6dbd 10.192.0.0/11
add npc-b4-f140258f6dbd 10.224.0.0/12
add npc-b4-f140258f6dbd 10.240.0.0/14
add npc-b4-f140258f6dbd 10.245.0.0/16
add npc-b4-f140258f6dbd 10.246.0.0/15
add npc-b4-f140258f6dbd 10.248.0.0/13
add npc-b4-f140258f6dbd 11.0.0.0/8
add npc-b4-f140258f6dbd 12.0.0.0/6
add npc-b4-f140258f6dbd 16.0.0.0/4
add npc-b4-f140258f6dbd 32.0.0.0/3
add npc-b4-f140258f6dbd 64.0.0.0/2
add npc-b4-f140258f6dbd 128.0.0.0/1
# npc-n4-16fa2551dba2: port redis/TCP of each pod
create npc-n4-16fa2551dba2 hash:ip,port family inet hashsize 64 maxelem 16777216
add npc-n4-16fa2551dba2 10.244.2.18,tcp:6379
# npc-n4-4259186b4c69: port metrics/TCP of each pod
create npc-n4-4259186b4c69 hash:ip,port family inet hashsize 64 maxelem 16777216
add npc-n4-4259186b4c69 10.244.1.10,tcp:9464
add npc-n4-4259186b4c69 10.244.1.11,tcp:9464
add npc-n4-4259186b4c69 10.244.1.12,tcp:9464
add npc-n4-4259186b4c69 10.244.1.13,tcp:9464
add npc-n4-4259186b4c69 10.244.1.14,tcp:9464
add npc-n4-4259186b4c69 10.244.1.15,tcp:9464
add npc-n4-4259186b4c69 10.244.1.16,tcp:9464
add npc-n4-4259186b4c69 10.244.1.17,tcp:9464
add npc-n4-4259186b4c69 10.244.1.18,tcp:9464
add npc-n4-4259186b4c69 10.244.2.10,tcp:9464
add npc-n4-4259186b4c69 10.244.2.11,tcp:9464
add npc-n4-4259186b4c69 10.244.2.12,tcp:9464
add npc-n4-4259186b4c69 10.244.2.13,tcp:9464
add npc-n4-4259186b4c69 10.244.2.14,tcp:9464
add npc-n4-4259186b4c69 10.244.2.15,tcp:9464
add npc-n4-4259186b4c69 10.244.2.16,tcp:9464
add npc-n4-4259186b4c69 10.244.2.17,tcp:9464
add npc-n4-4259186b4c69 10.244.2.18,tcp:9121
# npc-n4-71797b5e784e: port grpc/TCP of each pod
create npc-n4-71797b5e784e hash:ip,port family inet hashsize 64 maxelem 16777216
add npc-n4-71797b5e784e 10.244.1.12,tcp:7070
add npc-n4-71797b5e784e 10.244.1.13,tcp:5050
add npc-n4-71797b5e784e 10.244.1.14,tcp:7000
add npc-n4-71797b5e784e 10.244.1.15,tcp:8080
add npc-n4-71797b5e784e 10.244.1.16,tcp:3550
add npc-n4-71797b5e784e 10.244.1.17,tcp:8080
add npc-n4-71797b5e784e 10.244.1.18,tcp:50051
add npc-n4-71797b5e784e 10.244.2.11,tcp:9555
add npc-n4-71797b5e784e 10.244.2.12,tcp:7070
add npc-n4-71797b5e784e 10.244.2.13,tcp:5050
add npc-n4-71797b5e784e 10.244.2.14,tcp:7000
add npc-n4-71797b5e784e 10.244.2.15,tcp:50051
add npc-n4-71797b5e784e 10.244.2.16,tcp:3550
add npc-n4-71797b5e784e 10.244.2.17,tcp:8080
# npc-n4-7c7ad98692bd: port http/TCP of each pod
create npc-n4-7c7ad98692bd hash:ip,port family inet hashsize 64 maxelem 16777216
add npc-n4-7c7ad98692bd 10.244.1.10,tcp:8080
add npc-n4-7c7ad98692bd 10.244.1.11,tcp:8080
add npc-n4-7c7ad98692bd 10.244.1.20,tcp:80
add npc-n4-7c7ad98692bd 10.244.2.10,tcp:8080
# npc-n4-a0cc96ba2a0c: port https/TCP of each pod
create npc-n4-a0cc96ba2a0c hash:ip,port family inet hashsize 64 maxelem 16777216
add npc-n4-a0cc96ba2a0c 10.244.1.20,tcp:443
# npc-n4-e22cf62517c0: port otlp-grpc/TCP of each pod
create npc-n4-e22cf62517c0 hash:ip,port family inet hashsize 64 maxelem 16777216
add npc-n4-e22cf62517c0 10.244.1.21,tcp:4317
# npc-p4-0307fb8e30d5: ns=boutique pod{app=checkoutservice}
create npc-p4-0307fb8e30d5 hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-0307fb8e30d5 10.244.1.13
add npc-p4-0307fb8e30d5 10.244.2.13
# npc-p4-065891826946: ns{kubernetes.io/metadata.name=boutique} pod{app=frontend}
create npc-p4-065891826946 hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-065891826946 10.244.1.10
add npc-p4-065891826946 10.244.1.11
add npc-p4-065891826946 10.244.2.10
# npc-p4-07554a007c11: ns=boutique pod{app=recommendationservice}
create npc-p4-07554a007c11 hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-07554a007c11 10.244.1.17
add npc-p4-07554a007c11 10.244.2.17
# npc-p4-147e48e50865: ns=boutique pod{app=redis-cart}
create npc-p4-147e48e50865 hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-147e48e50865 10.244.2.18
# npc-p4-2d93ae91e664: ns=boutique pod{app=currencyservice}
create npc-p4-2d93ae91e664 hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-2d93ae91e664 10.244.1.14
add npc-p4-2d93ae91e664 10.244.2.14
# npc-p4-38940e87289c: ns=boutique pod{app=paymentservice}
create npc-p4-38940e87289c hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-38940e87289c 10.244.2.15
# npc-p4-3d589c265a84: ns=boutique pod{app=shippingservice}
create npc-p4-3d589c265a84 hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-3d589c265a84 10.244.1.18
# npc-p4-44b3f73dcb0b: ns=boutique pod{app=frontend}
create npc-p4-44b3f73dcb0b hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-44b3f73dcb0b 10.244.1.10
add npc-p4-44b3f73dcb0b 10.244.1.11
add npc-p4-44b3f73dcb0b 10.244.2.10
# npc-p4-45ca9321b7e6: ns=boutique pod{app=adservice}
create npc-p4-45ca9321b7e6 hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-45ca9321b7e6 10.244.2.11
# npc-p4-72a1a153b3ab: ns=boutique pod{app=productcatalogservice}
create npc-p4-72a1a153b3ab hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-72a1a153b3ab 10.244.1.16
add npc-p4-72a1a153b3ab 10.244.2.16
# npc-p4-8506dcc13ac7: ns=boutique pod{app=loadgenerator}
create npc-p4-8506dcc13ac7 hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-8506dcc13ac7 10.244.1.19
# npc-p4-947b793ea4da: ns=boutique pod{app=cartservice}
create npc-p4-947b793ea4da hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-947b793ea4da 10.244.1.12
add npc-p4-947b793ea4da 10.244.2.12
# npc-p4-a22a913cedf0: ns{kubernetes.io/metadata.name=ingress-nginx} pod{app.kubernetes.io/component=controller}
create npc-p4-a22a913cedf0 hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-a22a913cedf0 10.244.1.20
# npc-p4-a8e167268eb2: ns{kubernetes.io/metadata.name=monitoring} pod{app=otel-collector}
create npc-p4-a8e167268eb2 hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-a8e167268eb2 10.244.1.21
# npc-p4-b698cfe6d027: ns{kubernetes.io/metadata.name=boutique} pod{}
create npc-p4-b698cfe6d027 hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-b698cfe6d027 10.244.1.10
add npc-p4-b698cfe6d027 10.244.1.11
add npc-p4-b698cfe6d027 10.244.1.12
add npc-p4-b698cfe6d027 10.244.1.13
add npc-p4-b698cfe6d027 10.244.1.14
add npc-p4-b698cfe6d027 10.244.1.15
add npc-p4-b698cfe6d027 10.244.1.16
add npc-p4-b698cfe6d027 10.244.1.17
add npc-p4-b698cfe6d027 10.244.1.18
add npc-p4-b698cfe6d027 10.244.1.19
add npc-p4-b698cfe6d027 10.244.2.10
add npc-p4-b698cfe6d027 10.244.2.11
add npc-p4-b698cfe6d027 10.244.2.12
add npc-p4-b698cfe6d027 10.244.2.13
add npc-p4-b698cfe6d027 10.244.2.14
add npc-p4-b698cfe6d027 10.244.2.15
add npc-p4-b698cfe6d027 10.244.2.16
add npc-p4-b698cfe6d027 10.244.2.17
add npc-p4-b698cfe6d027 10.244.2.18
# npc-p4-e4bcd6d4aafa: ns{kubernetes.io/metadata.name=kube-system} pod{k8s-app=kube-dns}
create npc-p4-e4bcd6d4aafa hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-e4bcd6d4aafa 10.244.1.22
add npc-p4-e4bcd6d4aafa 10.244.2.20
# npc-p4-e89eaa418b82: ns{kubernetes.io/metadata.name=monitoring} pod{app=prometheus}
create npc-p4-e89eaa418b82 hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-e89eaa418b82 10.244.2.19
# npc-p4-fca40c0dd05e: ns=boutique pod{app=emailservice}
create npc-p4-fca40c0dd05e hash:ip family inet hashsize 64 maxelem 16777216
add npc-p4-fca40c0dd05e 10.244.1.15
# npc-b6-df2209dd7450: ipBlocks: 2 ranges
create npc-b6-df2209dd7450 hash:net family inet6 hashsize 64 maxelem 16777216
add npc-b6-df2209dd7450 ::/1
add npc-b6-df2209dd7450 8000::/2
add npc-b6-df2209dd7450 c000::/3
add npc-b6-df2209dd7450 e000::/4
add npc-b6-df2209dd7450 f000::/5
add npc-b6-df2209dd7450 f800::/6
add npc-b6-df2209dd7450 fc00::/8
add npc-b6-df2209dd7450 fd00::/28
add npc-b6-df2209dd7450 fd00:10::/39
add npc-b6-df2209dd7450 fd00:10:200::/42
add npc-b6-df2209dd7450 fd00:10:240::/46
add npc-b6-df2209dd7450 fd00:10:245::/48
add npc-b6-df2209dd7450 fd00:10:246::/47
add npc-b6-df2209dd7450 fd00:10:248::/45
add npc-b6-df2209dd7450 fd00:10:250::/44
add npc-b6-df2209dd7450 fd00:10:260::/43
add npc-b6-df2209dd7450 fd00:10:280::/41
add npc-b6-df2209dd7450 fd00:10:300::/40
add npc-b6-df2209dd7450 fd00:10:400::/38
add npc-b6-df2209dd7450 fd00:10:800::/37
add npc-b6-df2209dd7450 fd00:10:1000::/36
add npc-b6-df2209dd7450 fd00:10:2000::/35
add npc-b6-df2209dd7450 fd00:10:4000::/34
add npc-b6-df2209dd7450 fd00:10:8000::/33
add npc-b6-df2209dd7450 fd00:11::/32
add npc-b6-df2209dd7450 fd00:12::/31
add npc-b6-df2209dd7450 fd00:14::/30
add npc-b6-df2209dd7450 fd00:18::/29
add npc-b6-df2209dd7450 fd00:20::/27
add npc-b6-df2209dd7450 fd00:40::/26
add npc-b6-df2209dd7450 fd00:80::/25
add npc-b6-df2209dd7450 fd00:100::/24
add npc-b6-df2209dd7450 fd00:200::/23
add npc-b6-df2209dd7450 fd00:400::/22
add npc-b6-df2209dd7450 fd00:800::/21
add npc-b6-df2209dd7450 fd00:1000::/20
add npc-b6-df2209dd7450 fd00:2000::/19
add npc-b6-df2209dd7450 fd00:4000::/18
add npc-b6-df2209dd7450 fd00:8000::/17
add npc-b6-df2209dd7450 fd01::/16
add npc-b6-df2209dd7450 fd02::/15
add npc-b6-df2209dd7450 fd04::/14
add npc-b6-df2209dd7450 fd08::/13
add npc-b6-df2209dd7450 fd10::/12
add npc-b6-df2209dd7450 fd20::/11
add npc-b6-df2209dd7450 fd40::/10
add npc-b6-df2209dd7450 fd80::/9
add npc-b6-df2209dd7450 fe00::/7
# npc-n6-16fa2551dba2: port redis/TCP of each pod
create npc-n6-16fa2551dba2 hash:ip,port family inet6 hashsize 64 maxelem 16777216
add npc-n6-16fa2551dba2 fd00:10:244:2::12,tcp:6379
# npc-n6-4259186b4c69: port metrics/TCP of each pod
create npc-n6-4259186b4c69 hash:ip,port family inet6 hashsize 64 maxelem 16777216
add npc-n6-4259186b4c69 fd00:10:244:1::a,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:1::b,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:1::c,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:1::d,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:1::e,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:1::f,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:1::10,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:1::11,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:1::12,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:2::a,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:2::b,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:2::c,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:2::d,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:2::e,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:2::f,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:2::10,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:2::11,tcp:9464
add npc-n6-4259186b4c69 fd00:10:244:2::12,tcp:9121
# npc-n6-71797b5e784e: port grpc/TCP of each pod
create npc-n6-71797b5e784e hash:ip,port family inet6 hashsize 64 maxelem 16777216
add npc-n6-71797b5e784e fd00:10:244:1::c,tcp:7070
add npc-n6-71797b5e784e fd00:10:244:1::d,tcp:5050
add npc-n6-71797b5e784e fd00:10:244:1::e,tcp:7000
add npc-n6-71797b5e784e fd00:10:244:1::f,tcp:8080
add npc-n6-71797b5e784e fd00:10:244:1::10,tcp:3550
add npc-n6-71797b5e784e fd00:10:244:1::11,tcp:8080
add npc-n6-71797b5e784e fd00:10:244:1::12,tcp:50051
add npc-n6-71797b5e784e fd00:10:244:2::b,tcp:9555
add npc-n6-71797b5e784e fd00:10:244:2::c,tcp:7070
add npc-n6-71797b5e784e fd00:10:244:2::d,tcp:5050
add npc-n6-71797b5e784e fd00:10:244:2::e,tcp:7000
add npc-n6-71797b5e784e fd00:10:244:2::f,tcp:50051
add npc-n6-71797b5e784e fd00:10:244:2::10,tcp:3550
add npc-n6-71797b5e784e fd00:10:244:2::11,tcp:8080
# npc-n6-7c7ad98692bd: port http/TCP of each pod
create npc-n6-7c7ad98692bd hash:ip,port family inet6 hashsize 64 maxelem 16777216
add npc-n6-7c7ad98692bd fd00:10:244:1::a,tcp:8080
add npc-n6-7c7ad98692bd fd00:10:244:1::b,tcp:8080
add npc-n6-7c7ad98692bd fd00:10:244:1::14,tcp:80
add npc-n6-7c7ad98692bd fd00:10:244:2::a,tcp:8080
# npc-n6-a0cc96ba2a0c: port https/TCP of each pod
create npc-n6-a0cc96ba2a0c hash:ip,port family inet6 hashsize 64 maxelem 16777216
add npc-n6-a0cc96ba2a0c fd00:10:244:1::14,tcp:443
# npc-n6-e22cf62517c0: port otlp-grpc/TCP of each pod
create npc-n6-e22cf62517c0 hash:ip,port family inet6 hashsize 64 maxelem 16777216
add npc-n6-e22cf62517c0 fd00:10:244:1::15,tcp:4317
# npc-p6-0307fb8e30d5: ns=boutique pod{app=checkoutservice}
create npc-p6-0307fb8e30d5 hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-0307fb8e30d5 fd00:10:244:1::d
add npc-p6-0307fb8e30d5 fd00:10:244:2::d
# npc-p6-065891826946: ns{kubernetes.io/metadata.name=boutique} pod{app=frontend}
create npc-p6-065891826946 hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-065891826946 fd00:10:244:1::a
add npc-p6-065891826946 fd00:10:244:1::b
add npc-p6-065891826946 fd00:10:244:2::a
# npc-p6-07554a007c11: ns=boutique pod{app=recommendationservice}
create npc-p6-07554a007c11 hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-07554a007c11 fd00:10:244:1::11
add npc-p6-07554a007c11 fd00:10:244:2::11
# npc-p6-147e48e50865: ns=boutique pod{app=redis-cart}
create npc-p6-147e48e50865 hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-147e48e50865 fd00:10:244:2::12
# npc-p6-2d93ae91e664: ns=boutique pod{app=currencyservice}
create npc-p6-2d93ae91e664 hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-2d93ae91e664 fd00:10:244:1::e
add npc-p6-2d93ae91e664 fd00:10:244:2::e
# npc-p6-38940e87289c: ns=boutique pod{app=paymentservice}
create npc-p6-38940e87289c hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-38940e87289c fd00:10:244:2::f
# npc-p6-3d589c265a84: ns=boutique pod{app=shippingservice}
create npc-p6-3d589c265a84 hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-3d589c265a84 fd00:10:244:1::12
# npc-p6-44b3f73dcb0b: ns=boutique pod{app=frontend}
create npc-p6-44b3f73dcb0b hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-44b3f73dcb0b fd00:10:244:1::a
add npc-p6-44b3f73dcb0b fd00:10:244:1::b
add npc-p6-44b3f73dcb0b fd00:10:244:2::a
# npc-p6-45ca9321b7e6: ns=boutique pod{app=adservice}
create npc-p6-45ca9321b7e6 hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-45ca9321b7e6 fd00:10:244:2::b
# npc-p6-72a1a153b3ab: ns=boutique pod{app=productcatalogservice}
create npc-p6-72a1a153b3ab hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-72a1a153b3ab fd00:10:244:1::10
add npc-p6-72a1a153b3ab fd00:10:244:2::10
# npc-p6-8506dcc13ac7: ns=boutique pod{app=loadgenerator}
create npc-p6-8506dcc13ac7 hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-8506dcc13ac7 fd00:10:244:1::13
# npc-p6-947b793ea4da: ns=boutique pod{app=cartservice}
create npc-p6-947b793ea4da hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-947b793ea4da fd00:10:244:1::c
add npc-p6-947b793ea4da fd00:10:244:2::c
# npc-p6-a22a913cedf0: ns{kubernetes.io/metadata.name=ingress-nginx} pod{app.kubernetes.io/component=controller}
create npc-p6-a22a913cedf0 hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-a22a913cedf0 fd00:10:244:1::14
# npc-p6-a8e167268eb2: ns{kubernetes.io/metadata.name=monitoring} pod{app=otel-collector}
create npc-p6-a8e167268eb2 hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-a8e167268eb2 fd00:10:244:1::15
# npc-p6-b698cfe6d027: ns{kubernetes.io/metadata.name=boutique} pod{}
create npc-p6-b698cfe6d027 hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-b698cfe6d027 fd00:10:244:1::a
add npc-p6-b698cfe6d027 fd00:10:244:1::b
add npc-p6-b698cfe6d027 fd00:10:244:1::c
add npc-p6-b698cfe6d027 fd00:10:244:1::d
add npc-p6-b698cfe6d027 fd00:10:244:1::e
add npc-p6-b698cfe6d027 fd00:10:244:1::f
add npc-p6-b698cfe6d027 fd00:10:244:1::10
add npc-p6-b698cfe6d027 fd00:10:244:1::11
add npc-p6-b698cfe6d027 fd00:10:244:1::12
add npc-p6-b698cfe6d027 fd00:10:244:1::13
add npc-p6-b698cfe6d027 fd00:10:244:2::a
add npc-p6-b698cfe6d027 fd00:10:244:2::b
add npc-p6-b698cfe6d027 fd00:10:244:2::c
add npc-p6-b698cfe6d027 fd00:10:244:2::d
add npc-p6-b698cfe6d027 fd00:10:244:2::e
add npc-p6-b698cfe6d027 fd00:10:244:2::f
add npc-p6-b698cfe6d027 fd00:10:244:2::10
add npc-p6-b698cfe6d027 fd00:10:244:2::11
add npc-p6-b698cfe6d027 fd00:10:244:2::12
# npc-p6-e4bcd6d4aafa: ns{kubernetes.io/metadata.name=kube-system} pod{k8s-app=kube-dns}
create npc-p6-e4bcd6d4aafa hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-e4bcd6d4aafa fd00:10:244:1::16
add npc-p6-e4bcd6d4aafa fd00:10:244:2::14
# npc-p6-e89eaa418b82: ns{kubernetes.io/metadata.name=monitoring} pod{app=prometheus}
create npc-p6-e89eaa418b82 hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-e89eaa418b82 fd00:10:244:2::13
# npc-p6-fca40c0dd05e: ns=boutique pod{app=emailservice}
create npc-p6-fca40c0dd05e hash:ip family inet6 hashsize 64 maxelem 16777216
add npc-p6-fca40c0dd05e fd00:10:244:1::f
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
:NPC-GI-022df84785d5 - [0:0]
:NPC-GI-0adfde89d666 - [0:0]
:NPC-GI-125259cff6fa - [0:0]
:NPC-GI-16a21f94e74a - [0:0]
:NPC-GI-331218c54a90 - [0:0]
:NPC-GI-61ad030d3781 - [0:0]
:NPC-GI-71caefe6b480 - [0:0]
:NPC-GI-832d085f3183 - [0:0]
:NPC-GI-933aba8af48b - [0:0]
:NPC-GI-93ded9e83363 - [0:0]
:NPC-GI-9ac81a77df33 - [0:0]
:NPC-GI-9e49b901eb5e - [0:0]
:NPC-GI-bc7c05c7bf37 - [0:0]
:NPC-GI-cf1e3c4f1916 - [0:0]
:NPC-GI-e8d06d4c7de4 - [0:0]
:NPC-GE-1c9e0d873767 - [0:0]
:NPC-GE-28df20b321db - [0:0]
:NPC-GE-4a251ff26ab4 - [0:0]
:NPC-GE-589fcc49c8d7 - [0:0]
:NPC-GE-6844e622c590 - [0:0]
:NPC-GE-8ffe254ba5c7 - [0:0]
:NPC-GE-931f0d2b2482 - [0:0]
:NPC-GE-9f2a17e633e9 - [0:0]
:NPC-GE-a1c88b69bd53 - [0:0]
:NPC-GE-cf1e3c4f1916 - [0:0]
:NPC-GE-e28344eda7e3 - [0:0]
:NPC-GE-e3c2881d2510 - [0:0]
:NPC-GE-edd45ed280fc - [0:0]
-A NPC-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
-A NPC-FORWARD -j NPC-EG
-A NPC-FORWARD -j NPC-IN
-A NPC-NEW -m conntrack --ctstate INVALID -j DROP
-A NPC-NEW -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j REJECT --reject-with tcp-reset
-A NPC-DENY-IN -j DROP
-A NPC-DENY-EG -j DROP
-A NPC-IN -d 10.244.1.10/32 -m comment --comment "boutique/frontend-wgwc6cg8p-l4lxs" -g NPC-GI-0adfde89d666
-A NPC-IN -d 10.244.1.11/32 -m comment --comment "boutique/frontend-wgwc6cg8p-mjkz5" -g NPC-GI-0adfde89d666
-A NPC-IN -d 10.244.1.12/32 -m comment --comment "boutique/cartservice-c2rxv7bzn-f2wr9" -g NPC-GI-022df84785d5
-A NPC-IN -d 10.244.1.13/32 -m comment --comment "boutique/checkoutservice-h6n6xxtnk-nbn56" -g NPC-GI-16a21f94e74a
-A NPC-IN -d 10.244.1.14/32 -m comment --comment "boutique/currencyservice-q6zvkrs8n-kdqhg" -g NPC-GI-933aba8af48b
-A NPC-IN -d 10.244.1.15/32 -m comment --comment "boutique/emailservice-krx494l4x-v5rbc" -g NPC-GI-9e49b901eb5e
-A NPC-IN -d 10.244.1.16/32 -m comment --comment "boutique/productcatalogservice-9fl26mxpg-qjnhz" -g NPC-GI-9ac81a77df33
-A NPC-IN -d 10.244.1.17/32 -m comment --comment "boutique/recommendationservice-2tm4tkppw-kxmk7" -g NPC-GI-e8d06d4c7de4
-A NPC-IN -d 10.244.1.18/32 -m comment --comment "boutique/shippingservice-w6vgsgcxg-9tmxd" -g NPC-GI-832d085f3183
-A NPC-IN -d 10.244.1.19/32 -m comment --comment "boutique/loadgenerator-nfxm9m4kl-flmf5" -g NPC-GI-93ded9e83363
-A NPC-IN -d 10.244.1.20/32 -m comment --comment "ingress-nginx/ingress-nginx-controller-bdl4j" -g NPC-GI-cf1e3c4f1916
-A NPC-IN -d 10.244.1.21/32 -m comment --comment "monitoring/otel-collector-z5mwd" -g NPC-GI-bc7c05c7bf37
-A NPC-IN -d 10.244.2.10/32 -m comment --comment "boutique/frontend-wgwc6cg8p-hwmnb" -g NPC-GI-0adfde89d666
-A NPC-IN -d 10.244.2.11/32 -m comment --comment "boutique/adservice-65r4rxw94-gms2f" -g NPC-GI-71caefe6b480
-A NPC-IN -d 10.244.2.12/32 -m comment --comment "boutique/cartservice-c2rxv7bzn-hlhhq" -g NPC-GI-022df84785d5
-A NPC-IN -d 10.244.2.13/32 -m comment --comment "boutique/checkoutservice-h6n6xxtnk-kdck2" -g NPC-GI-16a21f94e74a
-A NPC-IN -d 10.244.2.14/32 -m comment --comment "boutique/currencyservice-q6zvkrs8n-fz8kh" -g NPC-GI-933aba8af48b
-A NPC-IN -d 10.244.2.15/32 -m comment --comment "boutique/paymentservice-wp6x8lrzr-jsfbb" -g NPC-GI-125259cff6fa
-A NPC-IN -d 10.244.2.16/32 -m comment --comment "boutique/productcatalogservice-9fl26mxpg-r89hl" -g NPC-GI-9ac81a77df33
-A NPC-IN -d 10.244.2.17/32 -m comment --comment "boutique/recommendationservice-2tm4tkppw-nnbmj" -g NPC-GI-e8d06d4c7de4
-A NPC-IN -d 10.244.2.18/32 -m comment --comment "boutique/redis-cart-fgmtrcz8q-6lhx8" -g NPC-GI-61ad030d3781
-A NPC-IN -d 10.244.2.19/32 -m comment --comment "monitoring/prometheus-0" -g NPC-GI-331218c54a90
-A NPC-EG -s 10.244.1.10/32 -m comment --comment "boutique/frontend-wgwc6cg8p-l4lxs" -g NPC-GE-589fcc49c8d7
-A NPC-EG -s 10.244.1.11/32 -m comment --comment "boutique/frontend-wgwc6cg8p-mjkz5" -g NPC-GE-589fcc49c8d7
-A NPC-EG -s 10.244.1.12/32 -m comment --comment "boutique/cartservice-c2rxv7bzn-f2wr9" -g NPC-GE-8ffe254ba5c7
-A NPC-EG -s 10.244.1.13/32 -m comment --comment "boutique/checkoutservice-h6n6xxtnk-nbn56" -g NPC-GE-a1c88b69bd53
-A NPC-EG -s 10.244.1.14/32 -m comment --comment "boutique/currencyservice-q6zvkrs8n-kdqhg" -g NPC-GE-9f2a17e633e9
-A NPC-EG -s 10.244.1.15/32 -m comment --comment "boutique/emailservice-krx494l4x-v5rbc" -g NPC-GE-edd45ed280fc
-A NPC-EG -s 10.244.1.16/32 -m comment --comment "boutique/productcatalogservice-9fl26mxpg-qjnhz" -g NPC-GE-28df20b321db
-A NPC-EG -s 10.244.1.17/32 -m comment --comment "boutique/recommendationservice-2tm4tkppw-kxmk7" -g NPC-GE-e3c2881d2510
-A NPC-EG -s 10.244.1.18/32 -m comment --comment "boutique/shippingservice-w6vgsgcxg-9tmxd" -g NPC-GE-4a251ff26ab4
-A NPC-EG -s 10.244.1.19/32 -m comment --comment "boutique/loadgenerator-nfxm9m4kl-flmf5" -g NPC-GE-6844e622c590
-A NPC-EG -s 10.244.1.20/32 -m comment --comment "ingress-nginx/ingress-nginx-controller-bdl4j" -g NPC-GE-cf1e3c4f1916
-A NPC-EG -s 10.244.1.21/32 -m comment --comment "monitoring/otel-collector-z5mwd" -g NPC-NEW
-A NPC-EG -s 10.244.2.10/32 -m comment --comment "boutique/frontend-wgwc6cg8p-hwmnb" -g NPC-GE-589fcc49c8d7
-A NPC-EG -s 10.244.2.11/32 -m comment --comment "boutique/adservice-65r4rxw94-gms2f" -g NPC-GE-1c9e0d873767
-A NPC-EG -s 10.244.2.12/32 -m comment --comment "boutique/cartservice-c2rxv7bzn-hlhhq" -g NPC-GE-8ffe254ba5c7
-A NPC-EG -s 10.244.2.13/32 -m comment --comment "boutique/checkoutservice-h6n6xxtnk-kdck2" -g NPC-GE-a1c88b69bd53
-A NPC-EG -s 10.244.2.14/32 -m comment --comment "boutique/currencyservice-q6zvkrs8n-fz8kh" -g NPC-GE-9f2a17e633e9
-A NPC-EG -s 10.244.2.15/32 -m comment --comment "boutique/paymentservice-wp6x8lrzr-jsfbb" -g NPC-GE-e28344eda7e3
-A NPC-EG -s 10.244.2.16/32 -m comment --comment "boutique/productcatalogservice-9fl26mxpg-r89hl" -g NPC-GE-28df20b321db
-A NPC-EG -s 10.244.2.17/32 -m comment --comment "boutique/recommendationservice-2tm4tkppw-nnbmj" -g NPC-GE-e3c2881d2510
-A NPC-EG -s 10.244.2.18/32 -m comment --comment "boutique/redis-cart-fgmtrcz8q-6lhx8" -g NPC-GE-931f0d2b2482
-A NPC-EG -s 10.244.2.19/32 -m comment --comment "monitoring/prometheus-0" -g NPC-NEW
-A NPC-GI-022df84785d5 -j NPC-NEW
-A NPC-GI-022df84785d5 -m set --match-set npc-n4-4259186b4c69 dst,dst -m set --match-set npc-p4-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-022df84785d5 -m set --match-set npc-n4-71797b5e784e dst,dst -m set --match-set npc-p4-0307fb8e30d5 src -m comment --comment "boutique/cartservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:39" -j RETURN
-A NPC-GI-022df84785d5 -m set --match-set npc-n4-71797b5e784e dst,dst -m set --match-set npc-p4-44b3f73dcb0b src -m comment --comment "boutique/cartservice-ingress ingress[0].from[1] ports[0] examples/online-boutique-sized/ingress.yaml:41" -j RETURN
-A NPC-GI-022df84785d5 -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-0adfde89d666 -j NPC-NEW
-A NPC-GI-0adfde89d666 -m set --match-set npc-n4-4259186b4c69 dst,dst -m set --match-set npc-p4-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-0adfde89d666 -m set --match-set npc-n4-7c7ad98692bd dst,dst -m set --match-set npc-p4-a22a913cedf0 src -m comment --comment "boutique/from-ingress-controller ingress[0].from[0] ports[0] examples/online-boutique-sized/edges.yaml:11" -j RETURN
-A NPC-GI-0adfde89d666 -m set --match-set npc-n4-7c7ad98692bd dst,dst -m set --match-set npc-p4-8506dcc13ac7 src -m comment --comment "boutique/frontend-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:11" -j RETURN
-A NPC-GI-0adfde89d666 -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-125259cff6fa -j NPC-NEW
-A NPC-GI-125259cff6fa -m set --match-set npc-n4-4259186b4c69 dst,dst -m set --match-set npc-p4-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-125259cff6fa -m set --match-set npc-n4-71797b5e784e dst,dst -m set --match-set npc-p4-0307fb8e30d5 src -m comment --comment "boutique/paymentservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:99" -j RETURN
-A NPC-GI-125259cff6fa -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-16a21f94e74a -j NPC-NEW
-A NPC-GI-16a21f94e74a -m set --match-set npc-n4-4259186b4c69 dst,dst -m set --match-set npc-p4-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-16a21f94e74a -m set --match-set npc-n4-71797b5e784e dst,dst -m set --match-set npc-p4-44b3f73dcb0b src -m comment --comment "boutique/checkoutservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:55" -j RETURN
-A NPC-GI-16a21f94e74a -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-331218c54a90 -j NPC-NEW
-A NPC-GI-331218c54a90 -m comment --comment "isolated by monitoring/default-deny examples/online-boutique-sized/edges.yaml:57" -g NPC-DENY-IN
-A NPC-GI-61ad030d3781 -j NPC-NEW
-A NPC-GI-61ad030d3781 -m set --match-set npc-n4-4259186b4c69 dst,dst -m set --match-set npc-p4-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-61ad030d3781 -m set --match-set npc-n4-16fa2551dba2 dst,dst -m set --match-set npc-p4-947b793ea4da src -m comment --comment "boutique/redis-cart-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:161" -j RETURN
-A NPC-GI-61ad030d3781 -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-71caefe6b480 -j NPC-NEW
-A NPC-GI-71caefe6b480 -m set --match-set npc-n4-71797b5e784e dst,dst -m set --match-set npc-p4-44b3f73dcb0b src -m comment --comment "boutique/adservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:25" -j RETURN
-A NPC-GI-71caefe6b480 -m set --match-set npc-n4-4259186b4c69 dst,dst -m set --match-set npc-p4-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-71caefe6b480 -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-832d085f3183 -j NPC-NEW
-A NPC-GI-832d085f3183 -m set --match-set npc-n4-4259186b4c69 dst,dst -m set --match-set npc-p4-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-832d085f3183 -m set --match-set npc-n4-71797b5e784e dst,dst -m set --match-set npc-p4-0307fb8e30d5 src -m comment --comment "boutique/shippingservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:145" -j RETURN
-A NPC-GI-832d085f3183 -m set --match-set npc-n4-71797b5e784e dst,dst -m set --match-set npc-p4-44b3f73dcb0b src -m comment --comment "boutique/shippingservice-ingress ingress[0].from[1] ports[0] examples/online-boutique-sized/ingress.yaml:147" -j RETURN
-A NPC-GI-832d085f3183 -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-933aba8af48b -j NPC-NEW
-A NPC-GI-933aba8af48b -m set --match-set npc-n4-4259186b4c69 dst,dst -m set --match-set npc-p4-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-933aba8af48b -m set --match-set npc-n4-71797b5e784e dst,dst -m set --match-set npc-p4-0307fb8e30d5 src -m comment --comment "boutique/currencyservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:69" -j RETURN
-A NPC-GI-933aba8af48b -m set --match-set npc-n4-71797b5e784e dst,dst -m set --match-set npc-p4-44b3f73dcb0b src -m comment --comment "boutique/currencyservice-ingress ingress[0].from[1] ports[0] examples/online-boutique-sized/ingress.yaml:71" -j RETURN
-A NPC-GI-933aba8af48b -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-93ded9e83363 -j NPC-NEW
-A NPC-GI-93ded9e83363 -m comment --comment "isolated by boutique/default-deny (+1) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-9ac81a77df33 -j NPC-NEW
-A NPC-GI-9ac81a77df33 -m set --match-set npc-n4-4259186b4c69 dst,dst -m set --match-set npc-p4-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-9ac81a77df33 -m set --match-set npc-n4-71797b5e784e dst,dst -m set --match-set npc-p4-0307fb8e30d5 src -m comment --comment "boutique/productcatalogservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:113" -j RETURN
-A NPC-GI-9ac81a77df33 -m set --match-set npc-n4-71797b5e784e dst,dst -m set --match-set npc-p4-44b3f73dcb0b src -m comment --comment "boutique/productcatalogservice-ingress ingress[0].from[1] ports[0] examples/online-boutique-sized/ingress.yaml:115" -j RETURN
-A NPC-GI-9ac81a77df33 -m set --match-set npc-n4-71797b5e784e dst,dst -m set --match-set npc-p4-07554a007c11 src -m comment --comment "boutique/productcatalogservice-ingress ingress[0].from[2] ports[0] examples/online-boutique-sized/ingress.yaml:117" -j RETURN
-A NPC-GI-9ac81a77df33 -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-9e49b901eb5e -j NPC-NEW
-A NPC-GI-9e49b901eb5e -m set --match-set npc-n4-4259186b4c69 dst,dst -m set --match-set npc-p4-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-9e49b901eb5e -m set --match-set npc-n4-71797b5e784e dst,dst -m set --match-set npc-p4-0307fb8e30d5 src -m comment --comment "boutique/emailservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:85" -j RETURN
-A NPC-GI-9e49b901eb5e -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-bc7c05c7bf37 -j NPC-NEW
-A NPC-GI-bc7c05c7bf37 -m set --match-set npc-n4-e22cf62517c0 dst,dst -m set --match-set npc-p4-b698cfe6d027 src -m comment --comment "monitoring/collector ingress[0].from[0] ports[0] examples/online-boutique-sized/edges.yaml:69" -j RETURN
-A NPC-GI-bc7c05c7bf37 -m comment --comment "isolated by monitoring/default-deny (+1) examples/online-boutique-sized/edges.yaml:57" -g NPC-DENY-IN
-A NPC-GI-cf1e3c4f1916 -j NPC-NEW
-A NPC-GI-cf1e3c4f1916 -m set --match-set npc-n4-7c7ad98692bd dst,dst -m set --match-set npc-b4-f140258f6dbd src -m comment --comment "ingress-nginx/controller ingress[0].from[0] ports[0] examples/online-boutique-sized/edges.yaml:27" -j RETURN
-A NPC-GI-cf1e3c4f1916 -m set --match-set npc-n4-a0cc96ba2a0c dst,dst -m set --match-set npc-b4-f140258f6dbd src -m comment --comment "ingress-nginx/controller ingress[0].from[0] ports[1] examples/online-boutique-sized/edges.yaml:27" -j RETURN
-A NPC-GI-cf1e3c4f1916 -m comment --comment "isolated by ingress-nginx/controller examples/online-boutique-sized/edges.yaml:22" -g NPC-DENY-IN
-A NPC-GI-e8d06d4c7de4 -j NPC-NEW
-A NPC-GI-e8d06d4c7de4 -m set --match-set npc-n4-4259186b4c69 dst,dst -m set --match-set npc-p4-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-e8d06d4c7de4 -m set --match-set npc-n4-71797b5e784e dst,dst -m set --match-set npc-p4-44b3f73dcb0b src -m comment --comment "boutique/recommendationservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:131" -j RETURN
-A NPC-GI-e8d06d4c7de4 -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GE-1c9e0d873767 -j NPC-NEW
-A NPC-GE-1c9e0d873767 -p tcp -m tcp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-1c9e0d873767 -p udp -m udp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-1c9e0d873767 -m set --match-set npc-n4-e22cf62517c0 dst,dst -m set --match-set npc-p4-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-1c9e0d873767 -m comment --comment "isolated by boutique/adservice-egress (+3) examples/online-boutique-sized/egress.yaml:50" -g NPC-DENY-EG
-A NPC-GE-28df20b321db -j NPC-NEW
-A NPC-GE-28df20b321db -p tcp -m tcp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-28df20b321db -p udp -m udp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-28df20b321db -m set --match-set npc-n4-e22cf62517c0 dst,dst -m set --match-set npc-p4-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-28df20b321db -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-4a251ff26ab4 -j NPC-NEW
-A NPC-GE-4a251ff26ab4 -p tcp -m tcp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-4a251ff26ab4 -p udp -m udp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-4a251ff26ab4 -m set --match-set npc-n4-e22cf62517c0 dst,dst -m set --match-set npc-p4-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-4a251ff26ab4 -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-589fcc49c8d7 -j NPC-NEW
-A NPC-GE-589fcc49c8d7 -p tcp -m tcp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-589fcc49c8d7 -p udp -m udp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-589fcc49c8d7 -m set --match-set npc-n4-e22cf62517c0 dst,dst -m set --match-set npc-p4-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-589fcc49c8d7 -p tcp -m tcp --dport 9555 -m set --match-set npc-p4-45ca9321b7e6 dst -m comment --comment "boutique/frontend-egress egress[0].to[0] ports[0] examples/online-boutique-sized/egress.yaml:11" -j RETURN
-A NPC-GE-589fcc49c8d7 -p tcp -m tcp --dport 7070 -m set --match-set npc-p4-947b793ea4da dst -m comment --comment "boutique/frontend-egress egress[1].to[0] ports[0] examples/online-boutique-sized/egress.yaml:16" -j RETURN
-A NPC-GE-589fcc49c8d7 -p tcp -m tcp --dport 5050 -m set --match-set npc-p4-0307fb8e30d5 dst -m comment --comment "boutique/frontend-egress egress[2].to[0] ports[0] examples/online-boutique-sized/egress.yaml:21" -j RETURN
-A NPC-GE-589fcc49c8d7 -p tcp -m tcp --dport 7000 -m set --match-set npc-p4-2d93ae91e664 dst -m comment --comment "boutique/frontend-egress egress[3].to[0] ports[0] examples/online-boutique-sized/egress.yaml:26" -j RETURN
-A NPC-GE-589fcc49c8d7 -p tcp -m tcp --dport 3550 -m set --match-set npc-p4-72a1a153b3ab dst -m comment --comment "boutique/frontend-egress egress[4].to[0] ports[0] examples/online-boutique-sized/egress.yaml:31" -j RETURN
-A NPC-GE-589fcc49c8d7 -p tcp -m tcp --dport 8080 -m set --match-set npc-p4-07554a007c11 dst -m comment --comment "boutique/frontend-egress egress[5].to[0] ports[0] examples/online-boutique-sized/egress.yaml:36" -j RETURN
-A NPC-GE-589fcc49c8d7 -p tcp -m tcp --dport 50051 -m set --match-set npc-p4-3d589c265a84 dst -m comment --comment "boutique/frontend-egress egress[6].to[0] ports[0] examples/online-boutique-sized/egress.yaml:41" -j RETURN
-A NPC-GE-589fcc49c8d7 -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-6844e622c590 -j NPC-NEW
-A NPC-GE-6844e622c590 -p tcp -m tcp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-6844e622c590 -p udp -m udp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-6844e622c590 -p tcp -m tcp --dport 8080 -m set --match-set npc-p4-44b3f73dcb0b dst -m comment --comment "boutique/loadgenerator-egress egress[0].to[0] ports[0] examples/online-boutique-sized/egress.yaml:188" -j RETURN
-A NPC-GE-6844e622c590 -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-8ffe254ba5c7 -j NPC-NEW
-A NPC-GE-8ffe254ba5c7 -p tcp -m tcp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-8ffe254ba5c7 -p udp -m udp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-8ffe254ba5c7 -m set --match-set npc-n4-e22cf62517c0 dst,dst -m set --match-set npc-p4-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-8ffe254ba5c7 -p tcp -m tcp --dport 6379 -m set --match-set npc-p4-147e48e50865 dst -m comment --comment "boutique/cartservice-egress egress[0].to[0] ports[0] examples/online-boutique-sized/egress.yaml:63" -j RETURN
-A NPC-GE-8ffe254ba5c7 -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-931f0d2b2482 -j NPC-NEW
-A NPC-GE-931f0d2b2482 -p tcp -m tcp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-931f0d2b2482 -p udp -m udp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-931f0d2b2482 -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-9f2a17e633e9 -j NPC-NEW
-A NPC-GE-9f2a17e633e9 -p tcp -m tcp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-9f2a17e633e9 -p udp -m udp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-9f2a17e633e9 -m set --match-set npc-n4-e22cf62517c0 dst,dst -m set --match-set npc-p4-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-9f2a17e633e9 -m comment --comment "isolated by boutique/currencyservice-egress (+3) examples/online-boutique-sized/egress.yaml:111" -g NPC-DENY-EG
-A NPC-GE-a1c88b69bd53 -j NPC-NEW
-A NPC-GE-a1c88b69bd53 -p tcp -m tcp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-a1c88b69bd53 -p udp -m udp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-a1c88b69bd53 -m set --match-set npc-n4-e22cf62517c0 dst,dst -m set --match-set npc-p4-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-a1c88b69bd53 -p tcp -m tcp --dport 7070 -m set --match-set npc-p4-947b793ea4da dst -m comment --comment "boutique/checkoutservice-egress egress[0].to[0] ports[0] examples/online-boutique-sized/egress.yaml:77" -j RETURN
-A NPC-GE-a1c88b69bd53 -p tcp -m tcp --dport 7000 -m set --match-set npc-p4-2d93ae91e664 dst -m comment --comment "boutique/checkoutservice-egress egress[1].to[0] ports[0] examples/online-boutique-sized/egress.yaml:82" -j RETURN
-A NPC-GE-a1c88b69bd53 -p tcp -m tcp --dport 8080 -m set --match-set npc-p4-fca40c0dd05e dst -m comment --comment "boutique/checkoutservice-egress egress[2].to[0] ports[0] examples/online-boutique-sized/egress.yaml:87" -j RETURN
-A NPC-GE-a1c88b69bd53 -p tcp -m tcp --dport 50051 -m set --match-set npc-p4-38940e87289c dst -m comment --comment "boutique/checkoutservice-egress egress[3].to[0] ports[0] examples/online-boutique-sized/egress.yaml:92" -j RETURN
-A NPC-GE-a1c88b69bd53 -p tcp -m tcp --dport 3550 -m set --match-set npc-p4-72a1a153b3ab dst -m comment --comment "boutique/checkoutservice-egress egress[4].to[0] ports[0] examples/online-boutique-sized/egress.yaml:97" -j RETURN
-A NPC-GE-a1c88b69bd53 -p tcp -m tcp --dport 50051 -m set --match-set npc-p4-3d589c265a84 dst -m comment --comment "boutique/checkoutservice-egress egress[5].to[0] ports[0] examples/online-boutique-sized/egress.yaml:102" -j RETURN
-A NPC-GE-a1c88b69bd53 -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-cf1e3c4f1916 -j NPC-NEW
-A NPC-GE-cf1e3c4f1916 -m set --match-set npc-n4-7c7ad98692bd dst,dst -m set --match-set npc-p4-065891826946 dst -m comment --comment "ingress-nginx/controller egress[0].to[0] ports[0] examples/online-boutique-sized/edges.yaml:38" -j RETURN
-A NPC-GE-cf1e3c4f1916 -p tcp -m tcp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "ingress-nginx/controller egress[1].to[0] ports[1] examples/online-boutique-sized/edges.yaml:45" -j RETURN
-A NPC-GE-cf1e3c4f1916 -p udp -m udp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "ingress-nginx/controller egress[1].to[0] ports[0] examples/online-boutique-sized/edges.yaml:45" -j RETURN
-A NPC-GE-cf1e3c4f1916 -m comment --comment "isolated by ingress-nginx/controller examples/online-boutique-sized/edges.yaml:22" -g NPC-DENY-EG
-A NPC-GE-e28344eda7e3 -j NPC-NEW
-A NPC-GE-e28344eda7e3 -p tcp -m tcp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-e28344eda7e3 -p udp -m udp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-e28344eda7e3 -m set --match-set npc-n4-e22cf62517c0 dst,dst -m set --match-set npc-p4-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-e28344eda7e3 -d 203.0.113.16/28 -p tcp -m tcp --dport 443 -m comment --comment "boutique/paymentservice-egress egress[0].to[0] ports[0] examples/online-boutique-sized/egress.yaml:137" -j RETURN
-A NPC-GE-e28344eda7e3 -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-e3c2881d2510 -j NPC-NEW
-A NPC-GE-e3c2881d2510 -p tcp -m tcp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-e3c2881d2510 -p udp -m udp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-e3c2881d2510 -m set --match-set npc-n4-e22cf62517c0 dst,dst -m set --match-set npc-p4-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-e3c2881d2510 -p tcp -m tcp --dport 3550 -m set --match-set npc-p4-72a1a153b3ab dst -m comment --comment "boutique/recommendationservice-egress egress[0].to[0] ports[0] examples/online-boutique-sized/egress.yaml:158" -j RETURN
-A NPC-GE-e3c2881d2510 -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-edd45ed280fc -j NPC-NEW
-A NPC-GE-edd45ed280fc -p tcp -m tcp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-edd45ed280fc -p udp -m udp --dport 53 -m set --match-set npc-p4-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-edd45ed280fc -m set --match-set npc-n4-e22cf62517c0 dst,dst -m set --match-set npc-p4-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-edd45ed280fc -d 203.0.113.32/28 -p tcp -m tcp --dport 587 -m comment --comment "boutique/emailservice-egress egress[0].to[0] ports[0] examples/online-boutique-sized/egress.yaml:124" -j RETURN
-A NPC-GE-edd45ed280fc -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
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
:NPC-GI-022df84785d5 - [0:0]
:NPC-GI-0adfde89d666 - [0:0]
:NPC-GI-125259cff6fa - [0:0]
:NPC-GI-16a21f94e74a - [0:0]
:NPC-GI-331218c54a90 - [0:0]
:NPC-GI-61ad030d3781 - [0:0]
:NPC-GI-71caefe6b480 - [0:0]
:NPC-GI-832d085f3183 - [0:0]
:NPC-GI-933aba8af48b - [0:0]
:NPC-GI-93ded9e83363 - [0:0]
:NPC-GI-9ac81a77df33 - [0:0]
:NPC-GI-9e49b901eb5e - [0:0]
:NPC-GI-bc7c05c7bf37 - [0:0]
:NPC-GI-cf1e3c4f1916 - [0:0]
:NPC-GI-e8d06d4c7de4 - [0:0]
:NPC-GE-1c9e0d873767 - [0:0]
:NPC-GE-28df20b321db - [0:0]
:NPC-GE-4a251ff26ab4 - [0:0]
:NPC-GE-589fcc49c8d7 - [0:0]
:NPC-GE-6844e622c590 - [0:0]
:NPC-GE-8ffe254ba5c7 - [0:0]
:NPC-GE-931f0d2b2482 - [0:0]
:NPC-GE-9f2a17e633e9 - [0:0]
:NPC-GE-a1c88b69bd53 - [0:0]
:NPC-GE-cf1e3c4f1916 - [0:0]
:NPC-GE-e28344eda7e3 - [0:0]
:NPC-GE-e3c2881d2510 - [0:0]
:NPC-GE-edd45ed280fc - [0:0]
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
-A NPC-IN -d fd00:10:244:1::a/128 -m comment --comment "boutique/frontend-wgwc6cg8p-l4lxs" -g NPC-GI-0adfde89d666
-A NPC-IN -d fd00:10:244:1::b/128 -m comment --comment "boutique/frontend-wgwc6cg8p-mjkz5" -g NPC-GI-0adfde89d666
-A NPC-IN -d fd00:10:244:1::c/128 -m comment --comment "boutique/cartservice-c2rxv7bzn-f2wr9" -g NPC-GI-022df84785d5
-A NPC-IN -d fd00:10:244:1::d/128 -m comment --comment "boutique/checkoutservice-h6n6xxtnk-nbn56" -g NPC-GI-16a21f94e74a
-A NPC-IN -d fd00:10:244:1::e/128 -m comment --comment "boutique/currencyservice-q6zvkrs8n-kdqhg" -g NPC-GI-933aba8af48b
-A NPC-IN -d fd00:10:244:1::f/128 -m comment --comment "boutique/emailservice-krx494l4x-v5rbc" -g NPC-GI-9e49b901eb5e
-A NPC-IN -d fd00:10:244:1::10/128 -m comment --comment "boutique/productcatalogservice-9fl26mxpg-qjnhz" -g NPC-GI-9ac81a77df33
-A NPC-IN -d fd00:10:244:1::11/128 -m comment --comment "boutique/recommendationservice-2tm4tkppw-kxmk7" -g NPC-GI-e8d06d4c7de4
-A NPC-IN -d fd00:10:244:1::12/128 -m comment --comment "boutique/shippingservice-w6vgsgcxg-9tmxd" -g NPC-GI-832d085f3183
-A NPC-IN -d fd00:10:244:1::13/128 -m comment --comment "boutique/loadgenerator-nfxm9m4kl-flmf5" -g NPC-GI-93ded9e83363
-A NPC-IN -d fd00:10:244:1::14/128 -m comment --comment "ingress-nginx/ingress-nginx-controller-bdl4j" -g NPC-GI-cf1e3c4f1916
-A NPC-IN -d fd00:10:244:1::15/128 -m comment --comment "monitoring/otel-collector-z5mwd" -g NPC-GI-bc7c05c7bf37
-A NPC-IN -d fd00:10:244:2::a/128 -m comment --comment "boutique/frontend-wgwc6cg8p-hwmnb" -g NPC-GI-0adfde89d666
-A NPC-IN -d fd00:10:244:2::b/128 -m comment --comment "boutique/adservice-65r4rxw94-gms2f" -g NPC-GI-71caefe6b480
-A NPC-IN -d fd00:10:244:2::c/128 -m comment --comment "boutique/cartservice-c2rxv7bzn-hlhhq" -g NPC-GI-022df84785d5
-A NPC-IN -d fd00:10:244:2::d/128 -m comment --comment "boutique/checkoutservice-h6n6xxtnk-kdck2" -g NPC-GI-16a21f94e74a
-A NPC-IN -d fd00:10:244:2::e/128 -m comment --comment "boutique/currencyservice-q6zvkrs8n-fz8kh" -g NPC-GI-933aba8af48b
-A NPC-IN -d fd00:10:244:2::f/128 -m comment --comment "boutique/paymentservice-wp6x8lrzr-jsfbb" -g NPC-GI-125259cff6fa
-A NPC-IN -d fd00:10:244:2::10/128 -m comment --comment "boutique/productcatalogservice-9fl26mxpg-r89hl" -g NPC-GI-9ac81a77df33
-A NPC-IN -d fd00:10:244:2::11/128 -m comment --comment "boutique/recommendationservice-2tm4tkppw-nnbmj" -g NPC-GI-e8d06d4c7de4
-A NPC-IN -d fd00:10:244:2::12/128 -m comment --comment "boutique/redis-cart-fgmtrcz8q-6lhx8" -g NPC-GI-61ad030d3781
-A NPC-IN -d fd00:10:244:2::13/128 -m comment --comment "monitoring/prometheus-0" -g NPC-GI-331218c54a90
-A NPC-EG -s fd00:10:244:1::a/128 -m comment --comment "boutique/frontend-wgwc6cg8p-l4lxs" -g NPC-GE-589fcc49c8d7
-A NPC-EG -s fd00:10:244:1::b/128 -m comment --comment "boutique/frontend-wgwc6cg8p-mjkz5" -g NPC-GE-589fcc49c8d7
-A NPC-EG -s fd00:10:244:1::c/128 -m comment --comment "boutique/cartservice-c2rxv7bzn-f2wr9" -g NPC-GE-8ffe254ba5c7
-A NPC-EG -s fd00:10:244:1::d/128 -m comment --comment "boutique/checkoutservice-h6n6xxtnk-nbn56" -g NPC-GE-a1c88b69bd53
-A NPC-EG -s fd00:10:244:1::e/128 -m comment --comment "boutique/currencyservice-q6zvkrs8n-kdqhg" -g NPC-GE-9f2a17e633e9
-A NPC-EG -s fd00:10:244:1::f/128 -m comment --comment "boutique/emailservice-krx494l4x-v5rbc" -g NPC-GE-edd45ed280fc
-A NPC-EG -s fd00:10:244:1::10/128 -m comment --comment "boutique/productcatalogservice-9fl26mxpg-qjnhz" -g NPC-GE-28df20b321db
-A NPC-EG -s fd00:10:244:1::11/128 -m comment --comment "boutique/recommendationservice-2tm4tkppw-kxmk7" -g NPC-GE-e3c2881d2510
-A NPC-EG -s fd00:10:244:1::12/128 -m comment --comment "boutique/shippingservice-w6vgsgcxg-9tmxd" -g NPC-GE-4a251ff26ab4
-A NPC-EG -s fd00:10:244:1::13/128 -m comment --comment "boutique/loadgenerator-nfxm9m4kl-flmf5" -g NPC-GE-6844e622c590
-A NPC-EG -s fd00:10:244:1::14/128 -m comment --comment "ingress-nginx/ingress-nginx-controller-bdl4j" -g NPC-GE-cf1e3c4f1916
-A NPC-EG -s fd00:10:244:1::15/128 -m comment --comment "monitoring/otel-collector-z5mwd" -g NPC-NEW
-A NPC-EG -s fd00:10:244:2::a/128 -m comment --comment "boutique/frontend-wgwc6cg8p-hwmnb" -g NPC-GE-589fcc49c8d7
-A NPC-EG -s fd00:10:244:2::b/128 -m comment --comment "boutique/adservice-65r4rxw94-gms2f" -g NPC-GE-1c9e0d873767
-A NPC-EG -s fd00:10:244:2::c/128 -m comment --comment "boutique/cartservice-c2rxv7bzn-hlhhq" -g NPC-GE-8ffe254ba5c7
-A NPC-EG -s fd00:10:244:2::d/128 -m comment --comment "boutique/checkoutservice-h6n6xxtnk-kdck2" -g NPC-GE-a1c88b69bd53
-A NPC-EG -s fd00:10:244:2::e/128 -m comment --comment "boutique/currencyservice-q6zvkrs8n-fz8kh" -g NPC-GE-9f2a17e633e9
-A NPC-EG -s fd00:10:244:2::f/128 -m comment --comment "boutique/paymentservice-wp6x8lrzr-jsfbb" -g NPC-GE-e28344eda7e3
-A NPC-EG -s fd00:10:244:2::10/128 -m comment --comment "boutique/productcatalogservice-9fl26mxpg-r89hl" -g NPC-GE-28df20b321db
-A NPC-EG -s fd00:10:244:2::11/128 -m comment --comment "boutique/recommendationservice-2tm4tkppw-nnbmj" -g NPC-GE-e3c2881d2510
-A NPC-EG -s fd00:10:244:2::12/128 -m comment --comment "boutique/redis-cart-fgmtrcz8q-6lhx8" -g NPC-GE-931f0d2b2482
-A NPC-EG -s fd00:10:244:2::13/128 -m comment --comment "monitoring/prometheus-0" -g NPC-NEW
-A NPC-GI-022df84785d5 -j NPC-NEW
-A NPC-GI-022df84785d5 -m set --match-set npc-n6-4259186b4c69 dst,dst -m set --match-set npc-p6-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-022df84785d5 -m set --match-set npc-n6-71797b5e784e dst,dst -m set --match-set npc-p6-0307fb8e30d5 src -m comment --comment "boutique/cartservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:39" -j RETURN
-A NPC-GI-022df84785d5 -m set --match-set npc-n6-71797b5e784e dst,dst -m set --match-set npc-p6-44b3f73dcb0b src -m comment --comment "boutique/cartservice-ingress ingress[0].from[1] ports[0] examples/online-boutique-sized/ingress.yaml:41" -j RETURN
-A NPC-GI-022df84785d5 -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-0adfde89d666 -j NPC-NEW
-A NPC-GI-0adfde89d666 -m set --match-set npc-n6-4259186b4c69 dst,dst -m set --match-set npc-p6-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-0adfde89d666 -m set --match-set npc-n6-7c7ad98692bd dst,dst -m set --match-set npc-p6-a22a913cedf0 src -m comment --comment "boutique/from-ingress-controller ingress[0].from[0] ports[0] examples/online-boutique-sized/edges.yaml:11" -j RETURN
-A NPC-GI-0adfde89d666 -m set --match-set npc-n6-7c7ad98692bd dst,dst -m set --match-set npc-p6-8506dcc13ac7 src -m comment --comment "boutique/frontend-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:11" -j RETURN
-A NPC-GI-0adfde89d666 -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-125259cff6fa -j NPC-NEW
-A NPC-GI-125259cff6fa -m set --match-set npc-n6-4259186b4c69 dst,dst -m set --match-set npc-p6-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-125259cff6fa -m set --match-set npc-n6-71797b5e784e dst,dst -m set --match-set npc-p6-0307fb8e30d5 src -m comment --comment "boutique/paymentservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:99" -j RETURN
-A NPC-GI-125259cff6fa -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-16a21f94e74a -j NPC-NEW
-A NPC-GI-16a21f94e74a -m set --match-set npc-n6-4259186b4c69 dst,dst -m set --match-set npc-p6-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-16a21f94e74a -m set --match-set npc-n6-71797b5e784e dst,dst -m set --match-set npc-p6-44b3f73dcb0b src -m comment --comment "boutique/checkoutservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:55" -j RETURN
-A NPC-GI-16a21f94e74a -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-331218c54a90 -j NPC-NEW
-A NPC-GI-331218c54a90 -m comment --comment "isolated by monitoring/default-deny examples/online-boutique-sized/edges.yaml:57" -g NPC-DENY-IN
-A NPC-GI-61ad030d3781 -j NPC-NEW
-A NPC-GI-61ad030d3781 -m set --match-set npc-n6-4259186b4c69 dst,dst -m set --match-set npc-p6-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-61ad030d3781 -m set --match-set npc-n6-16fa2551dba2 dst,dst -m set --match-set npc-p6-947b793ea4da src -m comment --comment "boutique/redis-cart-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:161" -j RETURN
-A NPC-GI-61ad030d3781 -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-71caefe6b480 -j NPC-NEW
-A NPC-GI-71caefe6b480 -m set --match-set npc-n6-71797b5e784e dst,dst -m set --match-set npc-p6-44b3f73dcb0b src -m comment --comment "boutique/adservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:25" -j RETURN
-A NPC-GI-71caefe6b480 -m set --match-set npc-n6-4259186b4c69 dst,dst -m set --match-set npc-p6-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-71caefe6b480 -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-832d085f3183 -j NPC-NEW
-A NPC-GI-832d085f3183 -m set --match-set npc-n6-4259186b4c69 dst,dst -m set --match-set npc-p6-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-832d085f3183 -m set --match-set npc-n6-71797b5e784e dst,dst -m set --match-set npc-p6-0307fb8e30d5 src -m comment --comment "boutique/shippingservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:145" -j RETURN
-A NPC-GI-832d085f3183 -m set --match-set npc-n6-71797b5e784e dst,dst -m set --match-set npc-p6-44b3f73dcb0b src -m comment --comment "boutique/shippingservice-ingress ingress[0].from[1] ports[0] examples/online-boutique-sized/ingress.yaml:147" -j RETURN
-A NPC-GI-832d085f3183 -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-933aba8af48b -j NPC-NEW
-A NPC-GI-933aba8af48b -m set --match-set npc-n6-4259186b4c69 dst,dst -m set --match-set npc-p6-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-933aba8af48b -m set --match-set npc-n6-71797b5e784e dst,dst -m set --match-set npc-p6-0307fb8e30d5 src -m comment --comment "boutique/currencyservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:69" -j RETURN
-A NPC-GI-933aba8af48b -m set --match-set npc-n6-71797b5e784e dst,dst -m set --match-set npc-p6-44b3f73dcb0b src -m comment --comment "boutique/currencyservice-ingress ingress[0].from[1] ports[0] examples/online-boutique-sized/ingress.yaml:71" -j RETURN
-A NPC-GI-933aba8af48b -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-93ded9e83363 -j NPC-NEW
-A NPC-GI-93ded9e83363 -m comment --comment "isolated by boutique/default-deny (+1) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-9ac81a77df33 -j NPC-NEW
-A NPC-GI-9ac81a77df33 -m set --match-set npc-n6-4259186b4c69 dst,dst -m set --match-set npc-p6-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-9ac81a77df33 -m set --match-set npc-n6-71797b5e784e dst,dst -m set --match-set npc-p6-0307fb8e30d5 src -m comment --comment "boutique/productcatalogservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:113" -j RETURN
-A NPC-GI-9ac81a77df33 -m set --match-set npc-n6-71797b5e784e dst,dst -m set --match-set npc-p6-44b3f73dcb0b src -m comment --comment "boutique/productcatalogservice-ingress ingress[0].from[1] ports[0] examples/online-boutique-sized/ingress.yaml:115" -j RETURN
-A NPC-GI-9ac81a77df33 -m set --match-set npc-n6-71797b5e784e dst,dst -m set --match-set npc-p6-07554a007c11 src -m comment --comment "boutique/productcatalogservice-ingress ingress[0].from[2] ports[0] examples/online-boutique-sized/ingress.yaml:117" -j RETURN
-A NPC-GI-9ac81a77df33 -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-9e49b901eb5e -j NPC-NEW
-A NPC-GI-9e49b901eb5e -m set --match-set npc-n6-4259186b4c69 dst,dst -m set --match-set npc-p6-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-9e49b901eb5e -m set --match-set npc-n6-71797b5e784e dst,dst -m set --match-set npc-p6-0307fb8e30d5 src -m comment --comment "boutique/emailservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:85" -j RETURN
-A NPC-GI-9e49b901eb5e -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GI-bc7c05c7bf37 -j NPC-NEW
-A NPC-GI-bc7c05c7bf37 -m set --match-set npc-n6-e22cf62517c0 dst,dst -m set --match-set npc-p6-b698cfe6d027 src -m comment --comment "monitoring/collector ingress[0].from[0] ports[0] examples/online-boutique-sized/edges.yaml:69" -j RETURN
-A NPC-GI-bc7c05c7bf37 -m comment --comment "isolated by monitoring/default-deny (+1) examples/online-boutique-sized/edges.yaml:57" -g NPC-DENY-IN
-A NPC-GI-cf1e3c4f1916 -j NPC-NEW
-A NPC-GI-cf1e3c4f1916 -m set --match-set npc-n6-7c7ad98692bd dst,dst -m set --match-set npc-b6-df2209dd7450 src -m comment --comment "ingress-nginx/controller ingress[0].from[1] ports[0] examples/online-boutique-sized/edges.yaml:30" -j RETURN
-A NPC-GI-cf1e3c4f1916 -m set --match-set npc-n6-a0cc96ba2a0c dst,dst -m set --match-set npc-b6-df2209dd7450 src -m comment --comment "ingress-nginx/controller ingress[0].from[1] ports[1] examples/online-boutique-sized/edges.yaml:30" -j RETURN
-A NPC-GI-cf1e3c4f1916 -m comment --comment "isolated by ingress-nginx/controller examples/online-boutique-sized/edges.yaml:22" -g NPC-DENY-IN
-A NPC-GI-e8d06d4c7de4 -j NPC-NEW
-A NPC-GI-e8d06d4c7de4 -m set --match-set npc-n6-4259186b4c69 dst,dst -m set --match-set npc-p6-e89eaa418b82 src -m comment --comment "boutique/allow-monitoring ingress[0].from[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:35" -j RETURN
-A NPC-GI-e8d06d4c7de4 -m set --match-set npc-n6-71797b5e784e dst,dst -m set --match-set npc-p6-44b3f73dcb0b src -m comment --comment "boutique/recommendationservice-ingress ingress[0].from[0] ports[0] examples/online-boutique-sized/ingress.yaml:131" -j RETURN
-A NPC-GI-e8d06d4c7de4 -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-IN
-A NPC-GE-1c9e0d873767 -j NPC-NEW
-A NPC-GE-1c9e0d873767 -p tcp -m tcp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-1c9e0d873767 -p udp -m udp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-1c9e0d873767 -m set --match-set npc-n6-e22cf62517c0 dst,dst -m set --match-set npc-p6-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-1c9e0d873767 -m comment --comment "isolated by boutique/adservice-egress (+3) examples/online-boutique-sized/egress.yaml:50" -g NPC-DENY-EG
-A NPC-GE-28df20b321db -j NPC-NEW
-A NPC-GE-28df20b321db -p tcp -m tcp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-28df20b321db -p udp -m udp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-28df20b321db -m set --match-set npc-n6-e22cf62517c0 dst,dst -m set --match-set npc-p6-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-28df20b321db -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-4a251ff26ab4 -j NPC-NEW
-A NPC-GE-4a251ff26ab4 -p tcp -m tcp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-4a251ff26ab4 -p udp -m udp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-4a251ff26ab4 -m set --match-set npc-n6-e22cf62517c0 dst,dst -m set --match-set npc-p6-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-4a251ff26ab4 -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-589fcc49c8d7 -j NPC-NEW
-A NPC-GE-589fcc49c8d7 -p tcp -m tcp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-589fcc49c8d7 -p udp -m udp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-589fcc49c8d7 -m set --match-set npc-n6-e22cf62517c0 dst,dst -m set --match-set npc-p6-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-589fcc49c8d7 -p tcp -m tcp --dport 9555 -m set --match-set npc-p6-45ca9321b7e6 dst -m comment --comment "boutique/frontend-egress egress[0].to[0] ports[0] examples/online-boutique-sized/egress.yaml:11" -j RETURN
-A NPC-GE-589fcc49c8d7 -p tcp -m tcp --dport 7070 -m set --match-set npc-p6-947b793ea4da dst -m comment --comment "boutique/frontend-egress egress[1].to[0] ports[0] examples/online-boutique-sized/egress.yaml:16" -j RETURN
-A NPC-GE-589fcc49c8d7 -p tcp -m tcp --dport 5050 -m set --match-set npc-p6-0307fb8e30d5 dst -m comment --comment "boutique/frontend-egress egress[2].to[0] ports[0] examples/online-boutique-sized/egress.yaml:21" -j RETURN
-A NPC-GE-589fcc49c8d7 -p tcp -m tcp --dport 7000 -m set --match-set npc-p6-2d93ae91e664 dst -m comment --comment "boutique/frontend-egress egress[3].to[0] ports[0] examples/online-boutique-sized/egress.yaml:26" -j RETURN
-A NPC-GE-589fcc49c8d7 -p tcp -m tcp --dport 3550 -m set --match-set npc-p6-72a1a153b3ab dst -m comment --comment "boutique/frontend-egress egress[4].to[0] ports[0] examples/online-boutique-sized/egress.yaml:31" -j RETURN
-A NPC-GE-589fcc49c8d7 -p tcp -m tcp --dport 8080 -m set --match-set npc-p6-07554a007c11 dst -m comment --comment "boutique/frontend-egress egress[5].to[0] ports[0] examples/online-boutique-sized/egress.yaml:36" -j RETURN
-A NPC-GE-589fcc49c8d7 -p tcp -m tcp --dport 50051 -m set --match-set npc-p6-3d589c265a84 dst -m comment --comment "boutique/frontend-egress egress[6].to[0] ports[0] examples/online-boutique-sized/egress.yaml:41" -j RETURN
-A NPC-GE-589fcc49c8d7 -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-6844e622c590 -j NPC-NEW
-A NPC-GE-6844e622c590 -p tcp -m tcp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-6844e622c590 -p udp -m udp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-6844e622c590 -p tcp -m tcp --dport 8080 -m set --match-set npc-p6-44b3f73dcb0b dst -m comment --comment "boutique/loadgenerator-egress egress[0].to[0] ports[0] examples/online-boutique-sized/egress.yaml:188" -j RETURN
-A NPC-GE-6844e622c590 -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-8ffe254ba5c7 -j NPC-NEW
-A NPC-GE-8ffe254ba5c7 -p tcp -m tcp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-8ffe254ba5c7 -p udp -m udp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-8ffe254ba5c7 -m set --match-set npc-n6-e22cf62517c0 dst,dst -m set --match-set npc-p6-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-8ffe254ba5c7 -p tcp -m tcp --dport 6379 -m set --match-set npc-p6-147e48e50865 dst -m comment --comment "boutique/cartservice-egress egress[0].to[0] ports[0] examples/online-boutique-sized/egress.yaml:63" -j RETURN
-A NPC-GE-8ffe254ba5c7 -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-931f0d2b2482 -j NPC-NEW
-A NPC-GE-931f0d2b2482 -p tcp -m tcp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-931f0d2b2482 -p udp -m udp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-931f0d2b2482 -m comment --comment "isolated by boutique/default-deny (+2) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-9f2a17e633e9 -j NPC-NEW
-A NPC-GE-9f2a17e633e9 -p tcp -m tcp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-9f2a17e633e9 -p udp -m udp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-9f2a17e633e9 -m set --match-set npc-n6-e22cf62517c0 dst,dst -m set --match-set npc-p6-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-9f2a17e633e9 -m comment --comment "isolated by boutique/currencyservice-egress (+3) examples/online-boutique-sized/egress.yaml:111" -g NPC-DENY-EG
-A NPC-GE-a1c88b69bd53 -j NPC-NEW
-A NPC-GE-a1c88b69bd53 -p tcp -m tcp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-a1c88b69bd53 -p udp -m udp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-a1c88b69bd53 -m set --match-set npc-n6-e22cf62517c0 dst,dst -m set --match-set npc-p6-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-a1c88b69bd53 -p tcp -m tcp --dport 7070 -m set --match-set npc-p6-947b793ea4da dst -m comment --comment "boutique/checkoutservice-egress egress[0].to[0] ports[0] examples/online-boutique-sized/egress.yaml:77" -j RETURN
-A NPC-GE-a1c88b69bd53 -p tcp -m tcp --dport 7000 -m set --match-set npc-p6-2d93ae91e664 dst -m comment --comment "boutique/checkoutservice-egress egress[1].to[0] ports[0] examples/online-boutique-sized/egress.yaml:82" -j RETURN
-A NPC-GE-a1c88b69bd53 -p tcp -m tcp --dport 8080 -m set --match-set npc-p6-fca40c0dd05e dst -m comment --comment "boutique/checkoutservice-egress egress[2].to[0] ports[0] examples/online-boutique-sized/egress.yaml:87" -j RETURN
-A NPC-GE-a1c88b69bd53 -p tcp -m tcp --dport 50051 -m set --match-set npc-p6-38940e87289c dst -m comment --comment "boutique/checkoutservice-egress egress[3].to[0] ports[0] examples/online-boutique-sized/egress.yaml:92" -j RETURN
-A NPC-GE-a1c88b69bd53 -p tcp -m tcp --dport 3550 -m set --match-set npc-p6-72a1a153b3ab dst -m comment --comment "boutique/checkoutservice-egress egress[4].to[0] ports[0] examples/online-boutique-sized/egress.yaml:97" -j RETURN
-A NPC-GE-a1c88b69bd53 -p tcp -m tcp --dport 50051 -m set --match-set npc-p6-3d589c265a84 dst -m comment --comment "boutique/checkoutservice-egress egress[5].to[0] ports[0] examples/online-boutique-sized/egress.yaml:102" -j RETURN
-A NPC-GE-a1c88b69bd53 -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-cf1e3c4f1916 -j NPC-NEW
-A NPC-GE-cf1e3c4f1916 -m set --match-set npc-n6-7c7ad98692bd dst,dst -m set --match-set npc-p6-065891826946 dst -m comment --comment "ingress-nginx/controller egress[0].to[0] ports[0] examples/online-boutique-sized/edges.yaml:38" -j RETURN
-A NPC-GE-cf1e3c4f1916 -p tcp -m tcp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "ingress-nginx/controller egress[1].to[0] ports[1] examples/online-boutique-sized/edges.yaml:45" -j RETURN
-A NPC-GE-cf1e3c4f1916 -p udp -m udp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "ingress-nginx/controller egress[1].to[0] ports[0] examples/online-boutique-sized/edges.yaml:45" -j RETURN
-A NPC-GE-cf1e3c4f1916 -m comment --comment "isolated by ingress-nginx/controller examples/online-boutique-sized/edges.yaml:22" -g NPC-DENY-EG
-A NPC-GE-e28344eda7e3 -j NPC-NEW
-A NPC-GE-e28344eda7e3 -p tcp -m tcp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-e28344eda7e3 -p udp -m udp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-e28344eda7e3 -m set --match-set npc-n6-e22cf62517c0 dst,dst -m set --match-set npc-p6-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-e28344eda7e3 -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-e3c2881d2510 -j NPC-NEW
-A NPC-GE-e3c2881d2510 -p tcp -m tcp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-e3c2881d2510 -p udp -m udp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-e3c2881d2510 -m set --match-set npc-n6-e22cf62517c0 dst,dst -m set --match-set npc-p6-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-e3c2881d2510 -p tcp -m tcp --dport 3550 -m set --match-set npc-p6-72a1a153b3ab dst -m comment --comment "boutique/recommendationservice-egress egress[0].to[0] ports[0] examples/online-boutique-sized/egress.yaml:158" -j RETURN
-A NPC-GE-e3c2881d2510 -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
-A NPC-GE-edd45ed280fc -j NPC-NEW
-A NPC-GE-edd45ed280fc -p tcp -m tcp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[1] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-edd45ed280fc -p udp -m udp --dport 53 -m set --match-set npc-p6-e4bcd6d4aafa dst -m comment --comment "boutique/allow-dns egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:17" -j RETURN
-A NPC-GE-edd45ed280fc -m set --match-set npc-n6-e22cf62517c0 dst,dst -m set --match-set npc-p6-a8e167268eb2 dst -m comment --comment "boutique/allow-telemetry egress[0].to[0] ports[0] examples/online-boutique-sized/namespace-wide.yaml:52" -j RETURN
-A NPC-GE-edd45ed280fc -m comment --comment "isolated by boutique/default-deny (+3) examples/online-boutique-sized/namespace-wide.yaml:6" -g NPC-DENY-EG
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
