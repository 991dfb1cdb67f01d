/* What Swift's Glibc module leaves out: calls that need _GNU_SOURCE, are variadic, or take a
   sockaddr, whose layout Swift can only reach by rebinding pointers. */
#ifndef NETPOLC_CLINUX_H
#define NETPOLC_CLINUX_H

#include <sys/ioctl.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NETPOLC_CLONE_NEWNET 0x40000000
#define NETPOLC_MFD_CLOEXEC 1U

extern char **environ;

/* malloc_trim(3) */
extern int malloc_trim(size_t pad);

/* The size of the terminal behind a descriptor; nothing when there is none (ioctl_tty(2)). Swift
   imports no variadic function. */
static inline int netpolc_window_size(int descriptor, struct winsize *size) {
  return ioctl(descriptor, TIOCGWINSZ, size);
}

/* The environment of this process; Swift refuses the variable itself as shared mutable state. */
static inline char **netpolc_environment(void) { return environ; }

/* posix_spawn(3): glibc has it for _GNU_SOURCE only (spawn.h). */
#define NETPOLC_POSIX_SPAWN_SETSID 0x80

extern int posix_spawn_file_actions_addclosefrom_np(void *actions, int lowest);

/* Has a child start without the descriptors from `lowest` on (glibc 2.34).
   actions: a posix_spawn_file_actions_t, which spawn.h owns. */
static inline int netpolc_spawn_close_from(void *actions, int lowest) {
  return posix_spawn_file_actions_addclosefrom_np(actions, lowest);
}

/* unshare(2) of this thread's network namespace. */
static inline int netpolc_unshare_net(void) {
  return (int)syscall(SYS_unshare, NETPOLC_CLONE_NEWNET);
}

/* setns(2): moves this thread into the network namespace that the descriptor names. */
static inline int netpolc_setns_net(int descriptor) {
  return (int)syscall(SYS_setns, descriptor, NETPOLC_CLONE_NEWNET);
}

/* fsopen(2), fsconfig(2), fsmount(2), since Linux 5.2: a mount of sysfs that no directory shows,
   for this thread's network namespace; -1 and errno on failure. */
static inline int netpolc_mount_sysfs(void) {
  enum { CREATE = 6, CLOSE_ON_EXEC = 1 };
  int context = (int)syscall(SYS_fsopen, "sysfs", CLOSE_ON_EXEC);
  if (context < 0) return -1;
  int mount = -1;
  if (syscall(SYS_fsconfig, context, CREATE, NULL, NULL, 0) == 0)
    mount = (int)syscall(SYS_fsmount, context, CLOSE_ON_EXEC, 0);
  int code = errno;
  close(context);
  errno = code;
  return mount;
}

/* memfd_create(2): a file that lives as long as its descriptors, closed on exec. */
static inline int netpolc_memory_file(const char *name) {
  return (int)syscall(SYS_memfd_create, name, NETPOLC_MFD_CLOEXEC);
}

/* Raises the soft limit of open descriptors to the hard one, and returns what now holds. */
static inline uint64_t netpolc_raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 256;
  if (limit.rlim_cur < limit.rlim_max) {
    struct rlimit raised = {limit.rlim_max, limit.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return raised.rlim_cur;
  }
  return limit.rlim_cur;
}

/* Fills in a socket address: 4 bytes are IPv4, 16 are IPv6, both in network order. */
static inline socklen_t netpolc_address(
    struct sockaddr_storage *storage, const uint8_t *bytes, size_t count, uint16_t port) {
  memset(storage, 0, sizeof *storage);
  if (count == 4) {
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)storage;
    ipv4->sin_family = AF_INET;
    ipv4->sin_port = htons(port);
    memcpy(&ipv4->sin_addr, bytes, 4);
    return sizeof *ipv4;
  }
  struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)storage;
  ipv6->sin6_family = AF_INET6;
  ipv6->sin6_port = htons(port);
  memcpy(&ipv6->sin6_addr, bytes, 16);
  return sizeof *ipv6;
}

static inline int netpolc_bind(
    int descriptor, const uint8_t *bytes, size_t count, uint16_t port) {
  struct sockaddr_storage storage;
  socklen_t length = netpolc_address(&storage, bytes, count, port);
  return bind(descriptor, (struct sockaddr *)&storage, length);
}

static inline int netpolc_connect(
    int descriptor, const uint8_t *bytes, size_t count, uint16_t port) {
  struct sockaddr_storage storage;
  socklen_t length = netpolc_address(&storage, bytes, count, port);
  return connect(descriptor, (struct sockaddr *)&storage, length);
}

static inline ssize_t netpolc_send_to(
    int descriptor, const uint8_t *bytes, size_t count, uint16_t port, const void *payload,
    size_t size) {
  struct sockaddr_storage storage;
  socklen_t length = netpolc_address(&storage, bytes, count, port);
  return sendto(
      descriptor, payload, size, MSG_NOSIGNAL, (struct sockaddr *)&storage, length);
}

/* getpeername(2): writes the address, 4 or 16 bytes in network order, and the port, and returns the
   count; 0 when it fails. */
static inline int netpolc_peer(int descriptor, uint8_t *bytes, uint16_t *port) {
  struct sockaddr_storage storage;
  socklen_t length = sizeof storage;
  if (getpeername(descriptor, (struct sockaddr *)&storage, &length) != 0) return 0;
  if (storage.ss_family == AF_INET) {
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)&storage;
    *port = ntohs(ipv4->sin_port);
    memcpy(bytes, &ipv4->sin_addr, 4);
    return 4;
  }
  struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&storage;
  *port = ntohs(ipv6->sin6_port);
  memcpy(bytes, &ipv6->sin6_addr, 16);
  return 16;
}

/* Sends a frame out of an interface (packet(7)). Returns 0, or -1 with errno. */
static inline int netpolc_send_frame(const char *interface, const void *frame, size_t size) {
  struct sockaddr_ll target;
  int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  memset(&target, 0, sizeof target);
  target.sll_family = AF_PACKET;
  target.sll_ifindex = (int)if_nametoindex(interface);
  ssize_t sent =
      sendto(descriptor, frame, size, 0, (struct sockaddr *)&target, sizeof target);
  close(descriptor);
  return sent == (ssize_t)size ? 0 : -1;
}

#endif
