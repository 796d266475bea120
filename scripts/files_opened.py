"""How many files of the package a task opens: those of which at least one function runs, and what a mechanism rests on.

The measure of the house: who wants to understand a task has to open these. Each task runs in a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

CASE = "four-rivers"
TASKS = {
    "run": (["run", CASE, "-n", "20", "--no-figures", "-o", "run"],),
    "sweep": (["sweep", CASE, "--vary", "parameters.kin_onset=0.0:0.01:3", "-n", "10", "--no-figures", "-o", "sweep"],),
    "uncertainty": (["uncertainty", CASE, "--points", "2", "-n", "5", "--no-figures", "-o", "uncertainty"],),
    "plot": (["run", CASE, "-n", "20", "--no-figures", "-o", "run"], ["plot", "run", "--format", "png"]),
}
_TRACED = """
import sys, threading
opened = set()
def profile(frame, event, _):
    if event == "call" and frame.f_code.co_name != "<module>" and "/stability_sim/" in frame.f_code.co_filename:
        opened.add(frame.f_code.co_filename)
threading.setprofile(profile)
sys.setprofile(profile)
try:
    from stability_sim.__main__ import main
    main()
except SystemExit:
    pass
sys.setprofile(None)
sys.stderr.write(f"\\n{len(opened)}\\n")
"""
_IMPORTED = """
import sys
import stability_sim.dynamics.recovery
print(sum(1 for name, module in sys.modules.items() if name.startswith("stability_sim") and getattr(module, "__file__", None)))
"""


def _traced(words: list[str], folder: Path) -> int:
    done = subprocess.run([sys.executable, "-c", _TRACED, *words], cwd=folder, capture_output=True, text=True, check=True)
    return int(done.stderr.split()[-1])


def files_opened() -> dict[str, int]:
    """Return how many files each task opens; of several commands the last is counted."""
    counts = {}
    for task, commands in TASKS.items():
        with tempfile.TemporaryDirectory() as name:
            counts[task] = [_traced(list(words), Path(name)) for words in commands][-1]
    done = subprocess.run([sys.executable, "-c", _IMPORTED], capture_output=True, text=True, check=True)
    return counts | {"a mechanism": int(done.stdout)}


def main() -> None:
    """Print the counts, and how large the files of the package are."""
    import stability_sim

    sizes = sorted(len(path.read_bytes().splitlines()) for path in Path(stability_sim.__file__).parent.rglob("*.py"))
    of_code = [size for size in sizes if size > 1]
    print(f"files {len(sizes)} · lines {sum(sizes):,} · median {of_code[len(of_code) // 2]} · longest {sizes[-1]}")
    for task, count in files_opened().items():
        print(f"{task}: {count} files opened")


if __name__ == "__main__":
    main()
