/* What Swift's Glibc module leaves out: calls that need _GNU_SOURCE or are variadic. */
#ifndef NETPOLC_CLINUX_H
#define NETPOLC_CLINUX_H

#include <sys/syscall.h>
#include <unistd.h>

#define NETPOLC_CLONE_NEWNET 0x40000000

/* unshare(2) of this thread's network namespace. */
static inline int netpolc_unshare_net(void) {
  return (int)syscall(SYS_unshare, NETPOLC_CLONE_NEWNET);
}

/* setns(2): moves this thread into the network namespace that the descriptor names. */
static inline int netpolc_setns_net(int descriptor) {
  return (int)syscall(SYS_setns, descriptor, NETPOLC_CLONE_NEWNET);
}

#endif
