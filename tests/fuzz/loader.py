"""Coverage-guided fuzzing of the loader: whatever the bytes of a file are, it is a scenario or refused in words.

Not part of the test run. It needs ``atheris``, which no other part of the project does::

    pip install atheris
    python tests/fuzz/loader.py found tests/scenario/invalid tests/scenario/valid scenarios -max_total_time=600 -max_len=6000

``found`` is a folder for what the fuzzer finds out; a file ``crash-...`` appears where it stops. Put the bytes of a crash
that was repaired into ``tests/fuzz/found_once``: ``tests/fuzz/test_found_once.py`` keeps them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

FILE = Path(tempfile.gettempdir()) / "stability-sim-fuzz.yaml"


def read(raw: bytes) -> None:
    """Load some bytes as a file, with its variants; whatever is not refused in words comes out as an error."""
    from stability_sim.scenario import InvalidScenario, dump, load, resolve, variant_scenarios

    FILE.write_bytes(raw)
    try:
        loaded = load(FILE)
        for variant in (None, *loaded.scenario.variants):
            variant_scenarios(loaded, variant=variant)
    except InvalidScenario as error:
        assert error.problems
        str(error).encode()
    else:
        dump(resolve(loaded.scenario)).encode()


def main() -> None:
    """Instrument the loader and fuzz it."""
    import atheris

    with atheris.instrument_imports(include=["stability_sim.scenario", "ruamel.yaml"]):
        import stability_sim.scenario  # noqa: F401

    atheris.Setup([*sys.argv[:1], "-timeout=20", *sys.argv[1:]], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
