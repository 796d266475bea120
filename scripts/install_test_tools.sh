#!/bin/sh
# Install Debian's libfaketime and the sources of its locales, for the tests of odd clocks and letters, if they are not
# there; without the right to do so, say it and go on.
set -eu
command -v faketime >/dev/null 2>&1 && [ -d /usr/share/i18n/locales ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "no faketime or no locales, and no right to install them: the tests of odd clocks and letters will skip" >&2
    exit 0
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends faketime locales >/dev/null
