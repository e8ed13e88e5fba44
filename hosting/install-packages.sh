#!/bin/sh
# Installs Debian packages as root: install-packages.sh PACKAGE… An installation that was killed half-way is mended first.
set -eu
DEBIAN_FRONTEND=noninteractive
LC_ALL=C # the answers of apt are read below
export DEBIAN_FRONTEND LC_ALL

install() {
    apt-get -q -y -o DPkg::Lock::Timeout=300 install --fix-broken --no-install-recommends "$@"
}

dpkg --configure -a --force-confold
apt-get -q -o DPkg::Lock::Timeout=300 update

# A package that this system does not have is left out; the caller looks again at what is missing.
wanted=
for package in "$@"; do
    apt-cache show "$package" >/dev/null 2>&1 && apt-cache policy "$package" | grep -q 'Candidate: [0-9]' || continue
    wanted="$wanted $package"
    if [ "$package" = postgresql ] && [ ! -d /etc/postgresql ]; then
        # The tests start servers of their own; Debian's package would make and start one that nobody asked for.
        install postgresql-common
        settings=/etc/postgresql-common/createcluster.conf
        cp -p "$settings" "$settings.before-dandang"
        trap 'mv -f "$settings.before-dandang" "$settings"' EXIT
        trap 'exit 1' INT TERM HUP
        echo 'create_main_cluster = false' >>"$settings"
    fi
done
# shellcheck disable=SC2086  # names of packages hold no spaces
[ -z "$wanted" ] || install $wanted
