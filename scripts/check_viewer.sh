#!/bin/sh
# Rebuild the page from its sources and compare it, byte for byte, with what is committed.
set -eu
cd "$(dirname "$0")/../viewer"
if ! command -v npm >/dev/null 2>&1; then
    echo "no npm: the page is not rebuilt" >&2
    exit 0
fi
npm ci --no-audit --no-fund --silent
npx --no-install tsc --noEmit
built="$(mktemp -d)"
trap 'rm -rf "$built"' EXIT
node build.mjs "$built"
diff -r "$built" ../src/stability_sim/report/assets
echo "the page is what its sources make"
