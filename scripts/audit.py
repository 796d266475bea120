"""Ask a public service whether what is installed has known weaknesses: ``python scripts/audit.py ENVIRONMENT``.

pip-audit does the asking, from an environment of its own. Ends with 1 if something is known; where no service can be
reached it says so and ends with 0, since that is no fault of the change that is being tested.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

SERVICES = ("pypi", "osv")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _asked(tool: Path, packages: Path, service: str) -> list[dict[str, Any]] | None:
    """Return what a service says of each package; None if it did not answer."""
    words = [str(tool), "--path", str(packages), "--skip-editable", "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(
        [*words, "--vulnerability-service", service, "--timeout", "20"], check=False, capture_output=True, text=True
    )
    try:
        told: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return None
    answered = [one for one in told if "vulns" in one]
    return answered if len(answered) > len(told) // 2 else None  # a mirror without advisories knows no package at all


def main() -> int:
    """Ask the services in turn until one answers; print what it knows."""
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(sys.prefix)
    packages = next(given.glob("lib/python3*/site-packages"))
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        if subprocess.run([f"{folder}/bin/pip", "install", "-q", "pip-audit"], check=False, capture_output=True).returncode:
            _say("not audited: pip-audit cannot be installed here")
            return 0
        for service in SERVICES:
            answered = _asked(Path(folder) / "bin" / "pip-audit", packages, service)
            if answered is not None:
                break
        else:
            _say(f"not audited: no service for advisories answers here ({', '.join(SERVICES)})")
            return 0
    known = [(one, weakness) for one in answered for weakness in one["vulns"]]
    for one, weakness in known:
        print(f"{one['name']} {one['version']}: {weakness['id']}, repaired in {', '.join(weakness['fix_versions']) or 'none'}")
    _say(f"{len(answered)} packages were asked about ({service}): {len(known)} weaknesses are known")
    return 1 if known else 0


if __name__ == "__main__":
    sys.exit(main())
