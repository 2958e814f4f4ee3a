# What the commands in this directory need on the machine. Sourced by them; sets nothing but functions,
# and installs only what is missing, with what this system installs programs with.
# shellcheck shell=bash

fail() {
  printf '%s: %s\n' "$command_name" "$*" >&2
  exit 1
}

# The major version of a JDK's home; nothing if it is none (a runtime without a compiler does not build).
jdk_version() {
  [ -x "$1/bin/javac" ] || return 0
  "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'
}

is_good_jdk() {
  local version
  version=$(jdk_version "$1")
  [ -n "$version" ] && [ "$version" -ge 17 ]
}

# Prints the home of a JDK that will do: the one that is set, the one on the path, then any that is installed.
find_jdk() {
  local home
  if [ -n "${JAVA_HOME:-}" ] && is_good_jdk "$JAVA_HOME"; then
    printf '%s\n' "$JAVA_HOME"
    return 0
  fi
  if command -v java >/dev/null; then
    home=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p' || true)
    if is_good_jdk "$home"; then
      printf '%s\n' "$home"
      return 0
    fi
  fi
  if [ -x /usr/libexec/java_home ]; then
    home=$(/usr/libexec/java_home -v 17+ 2>/dev/null || true)
    if [ -n "$home" ] && is_good_jdk "$home"; then
      printf '%s\n' "$home"
      return 0
    fi
  fi
  # Homebrew does not put its JDKs where the system looks for them.
  for home in /usr/lib/jvm/* /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if is_good_jdk "$home"; then
      printf '%s\n' "$home"
      return 0
    fi
  done
  return 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif sudo -n true 2>/dev/null; then
    sudo -n "$@"
  elif command -v sudo >/dev/null && [ -t 0 ]; then
    sudo "$@"
  else
    return 1
  fi
}

apt_updated=
apt_install() {
  command -v apt-get >/dev/null || return 1
  if [ -z "$apt_updated" ]; then
    as_root apt-get update -qq >&2 || return 1
    apt_updated=yes
  fi
  printf '%s: installing %s\n' "$command_name" "$*" >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

brew_install() {
  command -v brew >/dev/null || return 1
  printf '%s: installing %s\n' "$command_name" "$*" >&2
  HOMEBREW_NO_AUTO_UPDATE=1 brew install --quiet "$@" >&2
}

# Exports JAVA_HOME.
need_jdk() {
  if ! JAVA_HOME=$(find_jdk); then
    # Older releases call another version their default, newer ones no longer have 17.
    apt_install openjdk-17-jdk-headless || apt_install default-jdk-headless || brew_install openjdk@17 \
      || fail "needs a JDK of 17 or later and could not install one. Install it (Debian, Ubuntu: openjdk-17-jdk-headless; macOS: brew install openjdk@17) and set JAVA_HOME to it."
    JAVA_HOME=$(find_jdk) || fail "what this system installs as its JDK is older than 17. Install a later one and set JAVA_HOME to it."
  fi
  export JAVA_HOME
}

need_maven() {
  if ! command -v mvn >/dev/null; then
    apt_install maven || brew_install maven \
      || fail "needs Maven 3.8 or later and could not install it. Install it (Debian, Ubuntu: maven; macOS: brew install maven) and have mvn on the path."
  fi
}

# The program, Debian's package and Homebrew's formula that it comes from.
need_program() {
  command -v "$1" >/dev/null && return 0
  # What installing returns does not matter: Debian's redis-server fails where its service cannot start, and has
  # put the program there nevertheless.
  apt_install "$2" || brew_install "$3" || true
  command -v "$1" >/dev/null \
    || fail "needs $1 and could not install it. Install it (Debian, Ubuntu: $2; macOS: brew install $3) and have it on the path."
}

# The tests start servers, Sentinels and Clusters themselves, and make certificates for them.
need_redis() {
  need_program redis-server redis-server redis
  need_program openssl openssl openssl@3
}

need_memcached() {
  need_program memcached memcached memcached
}

# Tests give a memcached passwords. SASL looks for what PLAIN is in a package that nothing but recommends.
need_sasl() {
  PATH=$PATH:/usr/sbin
  export PATH
  if command -v apt-get >/dev/null && ! { command -v saslpluginviewer && saslpluginviewer -s | grep -q PLAIN; } >/dev/null 2>&1; then
    apt_install sasl2-bin libsasl2-modules || true
  fi
  need_program saslpasswd2 sasl2-bin cyrus-sasl
}

# Stands before the application servers in a test. Debian puts it where only root's path leads.
need_nginx() {
  PATH=$PATH:/usr/sbin
  export PATH
  need_program nginx nginx-light nginx
}

# The demo's page is tested in it. Any of its names will do.
need_chromium() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
    || need_program chromium chromium chromium
}

# As nginx.
need_haproxy() {
  PATH=$PATH:/usr/sbin
  export PATH
  need_program haproxy haproxy haproxy
}
