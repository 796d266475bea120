#!/bin/sh
# Rebuild the words and the page from their sources and compare them, byte for byte, with what is committed.
# The words need the package: where PYTHON has none, the tests compare them.
set -eu
cd "$(dirname "$0")/../viewer"
if ! command -v npm >/dev/null 2>&1; then
    echo "no npm: the page is not rebuilt" >&2
    exit 0
fi
built="$(mktemp -d)"
trap 'rm -rf "$built"' EXIT
if "${PYTHON:-python3}" -c "import stability_sim" 2>/dev/null; then
    "${PYTHON:-python3}" ../scripts/build_vocabulary.py "$built/vocabulary.ts"
    diff "$built/vocabulary.ts" src/vocabulary.ts
    rm "$built/vocabulary.ts"
fi
npm ci --no-audit --no-fund --silent
npx --no-install tsc --noEmit
node build.mjs "$built"
diff -r "$built" ../src/stability_sim/report/assets
echo "the page is what its sources make"
