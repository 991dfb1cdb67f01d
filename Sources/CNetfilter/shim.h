/* The netlink interfaces of nftables, conntrack and nflog: the kernel's numbers, and libnftnl, which
   knows how most objects are written. Nothing but the target Netfilter imports this. */
#ifndef NETPOLC_CNETFILTER_H
#define NETPOLC_CNETFILTER_H

/* Before the kernel's headers, which then leave out what both declare. */
#include <netinet/in.h>
#include <sys/socket.h>

#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netfilter/nf_conntrack_common.h>

#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/object.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>

#endif
