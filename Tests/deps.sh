#!/bin/sh
# Usage: Tests/deps.sh build|test|demo
# Says which packages are missing for that, and why each is needed. Installs them where it may (as
# root, or by sudo that asks for no password), else prints the command that does. Fails when
# something is missing without which nothing can be built.
set -eu
PATH=$PATH:/usr/sbin:/sbin

purpose=${1:-}
case $purpose in
  build | test | demo) ;;
  *) echo "usage: $0 build|test|demo" >&2; exit 64 ;;
esac

# For which purpose, whether nothing works without it, the Debian package, how to see that its
# content is there (whatever package brought it), and why it is needed.
packages() {
  cat <<'END'
build required libyaml-dev      library yaml-0.1                       to read YAML
build required libnftnl-dev     library libnftnl                       to write rulesets into the kernel
build required libmnl-dev       library libmnl                         libnftnl is built on it
build required pkg-config       command pkg-config                     to find these libraries
build required git              command git                            to fetch packages of Swift, and for netpolc diff of revisions
build required ca-certificates  file    /etc/ssl/certs/*               to fetch them by https
build required libc6-dev        file    /usr/include/stdlib.h          to compile for Linux with Swift
build required libstdc++-12-dev file    /usr/lib/gcc/*/*/libstdc++.so  to link programs made with Swift
build required binutils         command ld.gold                        the linker that Swift calls
build required libcurl4         shared  libcurl.so.4                   Swift's package manager runs on it
build required libncurses6      shared  libncurses.so.6                Swift's package manager runs on it
build required libsqlite3-0     shared  libsqlite3.so.0                Swift's package manager runs on it
build required libxml2          shared  libxml2.so.2                   Swift's package manager runs on it
test  required openssl          command openssl                        certificates of the tests' API server
test  required curl             command curl                           asks agents how they are
test  optional nftables         command nft                            live tests load rulesets with nft
test  optional netbase          file    /etc/protocols                 nft lists rules by the names of protocols in it
test  optional iproute2         command ip                             live tests make pods with ip
test  optional iptables         command iptables-nft                   live tests load rules of both variants, and keep clear of others'
test  optional ipset            command ipset                          the sets that rules of iptables name
test  optional containernetworking-plugins file /usr/lib/cni/bridge   pods that real plugins attach and translate
demo  optional nftables         command nft                            to load the ruleset into a kernel
demo  optional iproute2         command ip                             to make pods: namespaces and links between them
demo  optional netcat-openbsd   command nc.openbsd                     to connect one pod to another
END
}

# have KIND NAME
have() {
  case $1 in
    command) command -v "$2" >/dev/null ;;
    library) pkg-config --exists "$2" 2>/dev/null ;;
    shared) ldconfig -p 2>/dev/null | grep -qF "$2 " ;;
    # Unquoted, for it is a pattern.
    file) for file in $2; do [ -e "$file" ] && return; done; return 1 ;;
  esac
}

# Prints the lines of `packages` that are missing for the purpose; a build is part of each.
missing() {
  packages | while read -r for need package kind name why; do
    case $for in build | "$purpose") ;; *) continue ;; esac
    have "$kind" "$name" || echo "$need $package $why"
  done
}

names() { missing | awk -v need="$1" '$1 ~ need { printf " %s", $2 }'; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes \
    apt-get -qq -o Dpkg::Use-Pty=0 "$@" >/dev/null
}

install_packages() {
  find /var/lib/apt/lists -name '*_Packages*' 2>/dev/null | grep -q . || apt_get update
  apt_get install -y --no-install-recommends "$@" && return
  echo "That failed; once more with fresh package lists."
  apt_get update && apt_get install -y --no-install-recommends "$@"
}

check_swift() {
  swift=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
  major=${swift% *} minor=${swift#* }
  if [ -z "$swift" ]; then
    echo "There is no swift on PATH; netpolc is built with Swift 6.2 or newer." >&2
  elif [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
    echo "netpolc is built with Swift 6.2 or newer; this is Swift $major.$minor." >&2
  else
    return 0
  fi
  echo "Get it from https://www.swift.org/install/linux/ and put its usr/bin on PATH." >&2
  exit 1
}

if [ -z "$(missing)" ]; then
  echo "make $purpose: no package is missing."
  check_swift
  exit 0
fi

echo "make $purpose: these packages are missing:"
missing | while read -r need package why; do printf '  %-17s %s\n' "$package" "$why"; done

if ! command -v apt-get >/dev/null; then
  echo "There is no apt-get here: install what has these names on your system."
  [ -z "$(names required)" ] || exit 1
elif as_root true 2>/dev/null; then
  echo "Installing them."
  # Each is a word of its own.
  # shellcheck disable=SC2046
  install_packages $(names .)
  if [ -n "$(missing)" ]; then
    echo "Still missing:$(names .)" >&2
    exit 1
  fi
else
  echo "To install them:"
  echo "  sudo apt-get install --no-install-recommends$(names .)"
  [ -z "$(names required)" ] || exit 1
fi
if [ -n "$(names optional)" ]; then
  echo "Going on without:$(names optional). What needs them is left out."
fi
check_swift
