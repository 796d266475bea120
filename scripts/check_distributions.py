"""Look into the wheel and the source distribution: ``python scripts/check_distributions.py DIST``.

Whatever lies in ``src/stability_sim`` and the scenarios must be in the wheel, byte for byte; whatever it takes to build,
test and document the package must be in the source distribution; the licences of all that is copied in must be in both;
and nothing that was made on the way, such as caches, in either.
"""

from __future__ import annotations

import json
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
LICENCES = ("LICENSE", "src/stability_sim/geography/data/LICENSE-world-atlas", "src/stability_sim/report/assets/LICENSES.txt")
IN_SOURCE = (
    "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff", "pyproject.toml", "mkdocs.yml", "docs/index.md", "tests/conftest.py",
    "scripts/check_distributions.py", "benchmarks/recovery.py", "viewer/package-lock.json", "viewer/build.mjs",
)  # fmt: skip
UNWANTED = ("__pycache__", ".pyc", "node_modules", ".venv", "outputs/", ".git/", ".mypy_cache", ".ruff_cache", ".pytest_cache")
TEXTS = (
    "py.typed",
    "scenarios/central-asia-2021.yaml",
    "geography/data/world-50m.json",
    "report/assets/app.js",
    "report/assets/report.js",
)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)


def _expected() -> dict[str, bytes]:
    """Return what the wheel should hold of the package, by name."""
    package = ROOT / "src" / "stability_sim"
    inside = {f"stability_sim/{path.relative_to(package)}": path.read_bytes() for path in _files(package)}
    return inside | {f"stability_sim/scenarios/{path.name}": path.read_bytes() for path in _files(ROOT / "scenarios")}


def wrong_in_wheel(path: Path) -> Iterator[str]:
    """Yield what is missing from a wheel, other than it should be, or should not be there."""
    with zipfile.ZipFile(path) as wheel:
        held = {name: wheel.read(name) for name in wheel.namelist()}
    expected = _expected()
    yield from (f"{name} is missing" for name in expected if name not in held)
    yield from (f"{name} is not as it is here" for name in expected if held.get(name, expected[name]) != expected[name])
    yield from (f"{name} is not expected" for name in held if name not in expected and ".dist-info/" not in name)
    yield from (f"stability_sim/{name} is not known to this script" for name in TEXTS if f"stability_sim/{name}" not in expected)
    for licence in LICENCES:
        if not [name for name in held if name.endswith(f".dist-info/licenses/{licence}")]:
            yield f"licence {licence} is missing"
    copied = held.get("stability_sim/report/assets/LICENSES.txt", b"").decode()
    bundled = json.loads((ROOT / "viewer" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    yield from (f"the licence of {name} is not in LICENSES.txt" for name in bundled if f"\n{name} " not in copied)


def wrong_in_source(path: Path) -> Iterator[str]:
    """Yield what is missing from a source distribution, or should not be there."""
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    here = [str(file.relative_to(ROOT)) for folder in ("src", "scenarios") for file in _files(ROOT / folder)]
    yield from (f"{name} is missing" for name in (*here, *LICENCES, *IN_SOURCE) if name not in names)
    yield from (f"{name} is not wanted" for name in names if any(word in name for word in UNWANTED))


def main() -> None:
    """Check every distribution in a folder, of which there must be one of each kind."""
    folder = Path(sys.argv[1])
    wheels, sources = sorted(folder.glob("*.whl")), sorted(folder.glob("*.tar.gz"))
    if (len(wheels), len(sources)) != (1, 1):
        sys.exit(f"{folder}: {len(wheels)} wheels and {len(sources)} source distributions, and not one of each")
    wrong = [f"{wheels[0].name}: {what}" for what in wrong_in_wheel(wheels[0])]
    wrong += [f"{sources[0].name}: {what}" for what in wrong_in_source(sources[0])]
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{wheels[0].name} and {sources[0].name} hold what they should")


if __name__ == "__main__":
    main()
