"""How all figures look: colours that the colour-blind can tell apart, dates on the axis, what they are conditional on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.colors import BoundaryNorm, Colormap, ListedColormap
from matplotlib.figure import Figure

from stability_sim.geography import DISCLAIMER, OWN_DISCLAIMER
from stability_sim.results import Results

INK, QUIET, GRID = "#1b1b2f", "#5c6370", "#e3e6ea"
SEA, LAND, EDGE, BLOC = "#e6eff7", "#f0efeb", "#c9c6bd", "#0b3c6f"
BLUE = "#0072b2"
GROUP_COLOURS = ("#0072b2", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#e69f00", "#7f3c8d", "#444444")
GROUP_MARKERS = ("o", "^", "s", "D", "v", "P", "X", "*")
CHANNEL_COLOURS = {
    "start": "#3b3b46", "domestic": "#8c8c94", "infiltration_crossing": "#d55e00", "infiltration_refugees": "#e69f00",
    "kin": "#cc79a7", "refugees": "#009e73", "economy": "#56b4e9", "entanglement": "#0072b2",
}  # fmt: skip
CHANNEL_NAMES = {
    "start": "at war from the start", "domestic": "from within", "infiltration_crossing": "cells that crossed",
    "infiltration_refugees": "cells among refugees", "kin": "kin and ideas", "refugees": "refugees",
    "economy": "economy", "entanglement": "entanglement abroad", "event": "event of the scenario",
}  # fmt: skip
NARROW = 8.5  # inches
STEPS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
_COLOURS = ("#ffffe0", "#fff3b2", "#fee187", "#feca66", "#feab49", "#fc7034", "#df171d", "#8a0026")
SHARES: Colormap = ListedColormap(_COLOURS, name="shares")
NORM = BoundaryNorm(STEPS, SHARES.N)

_RC: dict[str, Any] = {
    "font.family": "DejaVu Sans", "font.size": 11, "axes.titlesize": 14, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": INK,
    "axes.labelcolor": INK, "text.color": INK, "xtick.color": INK, "ytick.color": INK, "axes.grid": False,
    "grid.color": GRID, "svg.hashsalt": "stability-sim", "svg.fonttype": "path", "pdf.fonttype": 42,
    "text.parse_math": False, "figure.facecolor": "white", "savefig.facecolor": "white", "hatch.linewidth": 0.6,
}  # fmt: skip
_METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None}, "svg": {"Date": None, "Creator": None}, "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
}  # fmt: skip


@contextlib.contextmanager
def styled() -> Iterator[None]:
    """Draw with the settings of this module, whatever the user's are; words between dollars are words."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)  # type: ignore[arg-type]
        yield


def footer(figure: Figure, results: Results, *, geography: bool = False, bands: bool = True, paired: bool = False) -> None:
    """Write below a figure what it is conditional on, and whose boundaries it shows; ``paired``: base and variants together."""
    told = results.attributes
    lines = [
        f"Conditional on the assumptions of {told['scenario']}, {'base and variants' if paired else 'variant ' + told['variant']}: "
        f"{told['replicates']:,} {'paired ' if paired else ''}replicates, seed {told['seed']}."
    ]
    if bands:
        luck = "Spread shows luck only, not parameters or structure."
        if figure.get_figwidth() < NARROW:
            lines.append(luck)
        else:
            lines[0] += f" {luck}"
    if geography:
        lines.append(OWN_DISCLAIMER if told["map"].get("shapes") else DISCLAIMER)
    figure.text(0.995, 0.008, "\n".join(lines), ha="right", va="bottom", fontsize=7.5, color=QUIET, linespacing=1.4)


def save(figure: Figure, path: Path, formats: list[str]) -> list[Path]:
    """Write a figure in each format; the same figure gives the same bytes."""
    written = []
    for name in formats:
        target = path.with_suffix(f".{name}")
        figure.savefig(target, format=name, dpi=160, metadata=_METADATA[name])
        written.append(target)
    return written


def date_ticks(months: list[str], every: int = 6, most: int = 15) -> tuple[list[int], list[str]]:
    """Return where the calendar stands on an axis of months: ticks, ``most`` of them at most, and their labels."""
    short = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    step = every if len(months) <= 72 else 12
    while len(months) > step * most:
        step += 12
    places = list(range(0, len(months), step))
    return places, [f"{short[int(months[k][5:]) - 1]}\n{months[k][:4]}" for k in places]


def month_name(label: str) -> str:
    """Return a month such as 2021-08 in words."""
    names = (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    )  # fmt: skip
    return f"{names[int(label[5:]) - 1]} {label[:4]}"
