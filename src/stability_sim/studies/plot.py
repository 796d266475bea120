"""Draw the figures of a run, as it ends or from its folder."""

from __future__ import annotations

from pathlib import Path

from stability_sim.results.results import Results
from stability_sim.storage.files import UsageError, check_writable, moved_into
from stability_sim.storage.run_folder import read_run


def draw(results: Results, folder: Path, kind: str, formats: list[str], month: str | None) -> list[Path]:
    """Draw a kind of figure, or ``all``, into a folder; return what was written. UsageError if one of the words is not known."""
    from stability_sim.report.figures import KINDS, draw_all

    if kind != "all" and kind not in KINDS:
        raise UsageError(f"there is no figure {kind!r}; there are {', '.join(KINDS)}")
    bad = [name for name in formats if name not in ("png", "svg", "pdf")]
    if bad:
        raise UsageError(f"figures are written as png, svg or pdf, not {bad[0]!r}")
    if month is not None and month not in results.coords["month"]:
        first, last = results.coords["month"][0], results.coords["month"][-1]
        raise UsageError(f"the run has no month {month!r}: it goes from {first} to {last}")
    return draw_all(results, folder, list(KINDS) if kind == "all" else [kind], formats, month)


def plot_folder(folder: Path, kind: str, output: Path | None, formats: list[str], month: str | None) -> list[Path]:
    """Draw figures of a run; return the files that were written."""
    target = output or folder / "figures"
    check_writable(target)
    results = read_run(folder)
    with moved_into(target) as staging:
        drawn = draw(results, staging, kind, formats, month)
        names = [path.relative_to(staging) for path in drawn]
    return [target / name for name in names]
