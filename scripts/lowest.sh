#!/bin/sh
# Install the package with the lowest versions that it declares to work with, and try what it does most: a bound that lies
# fails here. Takes a folder for the environment, which it makes.
set -eu
cd "$(dirname "$0")/.."
python="${PYTHON:-python3}"
into="${1:-$(mktemp -d)}"
"$python" -m venv "$into/uv"
"$into/uv/bin/pip" install -q uv
"$into/uv/bin/uv" venv -q --python "$("$python" -c 'import sys; print(sys.executable)')" "$into/lowest"
"$into/uv/bin/uv" pip install -q --python "$into/lowest/bin/python" --resolution lowest-direct .
export STABILITY_SIM_CACHE="$into/cache"
lowest="$into/lowest/bin/stability-sim"
cd "$into"
"$lowest" list > /dev/null
"$lowest" run central-asia-2021 -n 20 -o run > /dev/null
"$lowest" run --replay run > /dev/null
"$lowest" compare central-asia-2021 --variant no-pledge -n 20 -o comparison > /dev/null
"$lowest" sweep central-asia-2021 --vary borders.AFG-TJK.guard=0,1 -n 10 -o sweep > /dev/null
"$lowest" attribute four-rivers -n 5 -o attribution > /dev/null
"$lowest" uncertainty four-rivers --points 2 -n 2 -o uncertainty > /dev/null
"$lowest" report run -o report.html > /dev/null
"$lowest" lesson four-rivers -o lesson > /dev/null
"$into/lowest/bin/python" - << 'END'
from stability_sim import load
from stability_sim.engine.mesa_model import StabilityModel
from stability_sim.scenario.load import find
from stability_sim.analysis.scores import crps

model = StabilityModel(load(find("four-rivers")).scenario)
model.run_for(3)
END
echo "the lowest versions that are declared do"
