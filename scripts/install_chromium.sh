#!/bin/sh
# Install Debian's chromium for the browser tests if there is none; without the right to do so, say it and go on.
set -eu
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "no chromium, and no right to install it: the browser tests will skip" >&2
    exit 0
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
