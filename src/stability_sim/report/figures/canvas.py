"""The style that all figures share, and the states of a run drawn on the map or as a network if they have no geography."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection, PatchCollection, PathCollection
from matplotlib.colorbar import Colorbar
from matplotlib.colors import BoundaryNorm, Colormap, ListedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from stability_sim.analysis.scores import EDGES
from stability_sim.geography import DISCLAIMER, OWN_DISCLAIMER, atlas_for, network_layout, projected
from stability_sim.results.results import Results

INK, QUIET, GRID = "#1b1b2f", "#5c6370", "#e3e6ea"
SEA, LAND, EDGE, BLOC = "#e6eff7", "#f0efeb", "#c9c6bd", "#0b3c6f"
BLUE, ORANGE = "#0072b2", "#d55e00"
VARIANT_LINES, VARIANT_TEXT = (BLUE, ORANGE), ("#00629b", "#a84600")  # A and B; darker where it is text
LESS, SAME, MORE = "#35978f", "#e4e4e0", "#bf812d"  # in B than in A
GROUP_COLOURS = ("#0072b2", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#e69f00", "#7f3c8d", "#444444")
GROUP_MARKERS = ("o", "^", "s", "D", "v", "P", "X", "*")
NARROW = 8.5  # inches
STEPS = EDGES  # of shares: the maps and the diagrams of reliability have the same
SHARE_COLOURS = ("#ffffe0", "#fff3b2", "#fee187", "#feca66", "#feab49", "#fc7034", "#df171d", "#8a0026")
SHARES: Colormap = ListedColormap(SHARE_COLOURS, name="shares")
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


def sheet(width: float, height: float, below: float, *, w_pad: float | None = None, h_pad: float | None = None) -> Figure:
    """Return an empty figure of a size in inches; ``below`` is the share of its height that stays free for the footer."""
    engine = ConstrainedLayoutEngine(rect=(0, below, 1, 1 - below), w_pad=w_pad, h_pad=h_pad)
    return Figure(figsize=(width, height), layout=engine)


def heading(figure: Figure, text: str, size: float = 13) -> None:
    """Write the title of a whole figure."""
    figure.suptitle(text, x=0.01, ha="left", weight="bold", fontsize=size)


def note(figure: Figure, text: str, inches: float, size: float = 8) -> None:
    """Write how a figure is to be read, at its lower left, some inches above its edge."""
    figure.text(0.01, inches / figure.get_figheight(), text, ha="left", va="bottom", fontsize=size, color=QUIET)


def ruled(ax: Axes, axis: Literal["both", "x", "y"]) -> None:
    """Draw grid lines across an axis, behind everything else."""
    ax.grid(visible=True, axis=axis, color=GRID)
    ax.set_axisbelow(True)


def horizontal_rows(ax: Axes) -> None:
    """Lay out an axes whose rows have names: the first on top, no ticks, lines across the numbers."""
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    ruled(ax, "x")


def frameless(ax: Axes) -> None:
    """Hide the frame of an axes."""
    for side in ax.spines.values():
        side.set_visible(False)


def plain_bar(bar: Colorbar, size: float) -> None:
    """Take outline and ticks from a colour bar."""
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelsize=size)


def share_bar(figure: Figure, axes: list[Axes], label: str, shrink: float = 1.0) -> None:
    """Draw the colour bar of shares beside some axes."""
    bar = figure.colorbar(ScalarMappable(NORM, SHARES), ax=axes, fraction=0.03, pad=0.015, shrink=shrink, aspect=26)
    bar.set_ticks(list(STEPS), labels=[f"{step:.0%}" for step in STEPS])
    plain_bar(bar, 9)
    bar.set_label(label, fontsize=9.5)


def panel_grid(n: int) -> tuple[int, int]:
    """Return in how many rows and columns some panels stand."""
    columns = 2 if n == 4 else min(n, 3)
    return -(-n // columns), columns


def short_number(value: float) -> str:
    """Return a number in three digits, from a thousand on as a whole one."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def footer(figure: Figure, results: Results, *, geography: bool = False, bands: bool = True, paired: bool = False) -> None:
    """Write below a figure what it is conditional on, and whose boundaries it shows; ``paired``: base and variants together."""
    attributes = results.attributes
    lines = [
        f"Conditional on the assumptions of {attributes['scenario']}, {'base and variants' if paired else 'variant ' + attributes['variant']}: "
        f"{attributes['replicates']:,} {'paired ' if paired else ''}replicates, seed {attributes['seed']}."
    ]
    if bands:
        luck = "Spread shows luck only, not parameters or structure."
        if figure.get_figwidth() < NARROW:
            lines.append(luck)
        else:
            lines[0] += f" {luck}"
    if geography:
        lines.append(OWN_DISCLAIMER if attributes["map"].get("shapes") else DISCLAIMER)
    figure.text(0.995, 0.008, "\n".join(lines), ha="right", va="bottom", fontsize=7.5, color=QUIET, linespacing=1.4)


def save(figure: Figure, path: Path, formats: list[str]) -> list[Path]:
    """Write a figure in each format; the same figure gives the same bytes."""
    written = []
    for name in formats:
        target = path.with_suffix(f".{name}")
        figure.savefig(target, format=name, dpi=160, metadata=_METADATA[name])
        written.append(target)
    return written


def date_ticks(months: list[str], spacing: int = 6, most: int = 15) -> tuple[list[int], list[str]]:
    """Return where the calendar stands on an axis of months: ticks, ``most`` of them at most, and their labels."""
    short = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    step = spacing if len(months) <= 72 else 12
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


Point = tuple[float, float]


def _outline(rings: list[NDArray[np.float64]]) -> Outline:
    codes = np.concatenate([[Outline.MOVETO, *[Outline.LINETO] * (len(ring) - 2), Outline.CLOSEPOLY] for ring in rings])
    return Outline(np.concatenate(rings), codes)


def _by_share(value: float) -> Any:  # noqa: ANN401 - a colour
    return SHARES(NORM(value))


class Canvas:
    """The states of a run on paper; made once, painted often."""

    def __init__(self, results: Results) -> None:
        drawn = results.attributes["map"]
        self.results = results
        self.states: list[str] = [code for code in drawn["states"] if code in results.coords["state"]]
        atlas = None if drawn["projection"] == "network" else atlas_for(drawn.get("shapes"))
        self.on_map = atlas is not None and any(code in atlas for code in self.states)
        if atlas is not None and self.on_map:
            self._map = projected(atlas, self.states, drawn["focus"], drawn["projection"])
            self.extent = self._map.extent
            self._outlines = {
                code: [_outline(polygon) for polygon in self._map.shapes(code)]
                for code in [*self._map.background, *self.states]
                if code in atlas
            }
            self.places: dict[str, Point] = {
                code: place for code in self.states if code in atlas and (place := self._map.label(code))
            }
        else:
            edges = [tuple(border.split("-")) for border in results.coords["border"]]
            inside = [(a, b) for a, b in edges if a in self.states and b in self.states]
            self.places = network_layout(self.states, inside)
            self._edges = inside
            self.extent = (-0.06, 1.06, -0.24, 1.08)  # with room for the legend
        self.size = self.extent[3] - self.extent[2]

    @property
    def shape(self) -> float:
        """Width over height."""
        return (self.extent[1] - self.extent[0]) / (self.extent[3] - self.extent[2])

    def prepare(self, ax: Axes) -> None:
        """Set limits and ground."""
        ax.set_xlim(*self.extent[:2])
        ax.set_ylim(*self.extent[2:])
        ax.set_aspect("equal")
        ax.set_xticks([])
        ax.set_yticks([])
        for side in ax.spines.values():
            side.set_visible(True)
            side.set_color("#b8c4d0")
        ax.set_facecolor(SEA if self.on_map else "white")
        if self.on_map:
            others = [PathPatch(o) for code in self._map.background for o in self._outlines[code]]
            ax.add_collection(PatchCollection(others, facecolor=LAND, edgecolor=EDGE, linewidth=0.4, zorder=1))
        else:
            lines = [(self.places[a], self.places[b]) for a, b in self._edges]
            ax.add_collection(LineCollection(lines, colors="#9aa3ad", linewidths=1.6, zorder=1))

    def paint(
        self, ax: Axes, values: Mapping[str, float], line: float = 0.9, colours: Callable[[float], Any] = _by_share
    ) -> dict[str, PatchCollection | PathCollection]:
        """Fill each state by its value; return what can be filled again."""
        painted: dict[str, PatchCollection | PathCollection] = {}
        for code in self.states:
            colour = colours(values[code])
            if not self.on_map:
                x, y = self.places[code]
                painted[code] = ax.scatter([x], [y], s=1300, color=[colour], edgecolor=INK, linewidth=1.0, zorder=3)
            elif self._outlines.get(code):
                patches = [PathPatch(outline) for outline in self._outlines[code]]
                painted[code] = ax.add_collection(  # type: ignore[assignment]
                    PatchCollection(patches, facecolor=colour, edgecolor="white", linewidth=line, zorder=2)
                )
        return painted

    def bloc(self, ax: Axes, members: list[str], colour: str = BLOC, width: float = 2.0) -> None:
        """Outline and hatch the members of an alliance."""
        inside = [code for code in members if code in self.states]
        if not self.on_map:
            for code in inside:
                x, y = self.places[code]
                ax.scatter([x], [y], s=1900, facecolor="none", edgecolor=colour, linewidth=width, zorder=2.5)
            return
        patches = [PathPatch(outline) for code in inside for outline in self._outlines.get(code, [])]
        hatched = PatchCollection(patches, facecolor="none", edgecolor=colour, linewidth=0, hatch="///", alpha=0.28, zorder=2.2)
        ax.add_collection(hatched)
        atlas = self._map.atlas
        lines = self._map.lines(atlas.outline([code for code in inside if code in atlas]))
        ax.add_collection(LineCollection(lines, colors=colour, linewidths=width, zorder=2.6))

    def hatch(self, ax: Axes, codes: list[str], pattern: str = "....", colour: str = "#6b7280") -> None:
        """Hatch some states, on top of their fill."""
        for code in codes:
            if not self.on_map and code in self.places:
                x, y = self.places[code]
                ax.scatter([x], [y], s=1300, facecolor="none", edgecolor=colour, hatch=pattern, linewidth=1.0, zorder=3.1)
        patches = [PathPatch(outline) for code in codes for outline in (self._outlines.get(code, []) if self.on_map else [])]
        if patches:
            over = PatchCollection(patches, facecolor="none", edgecolor=colour, linewidth=0, hatch=pattern, zorder=2.1)
            ax.add_collection(over)

    def name(self, ax: Axes, size: float = 10.5) -> None:
        """Write the names of the states."""
        names = self.results.attributes["names"]
        height = abs(self.size)
        for code, (x, y) in self.places.items():
            below = 0.0 if self.on_map else -0.058 * height
            text = names.get(code, code)
            ax.text(
                x, y + below, text if len(text) <= 22 else text[:21] + "…", ha="center", va="center", fontsize=size,
                weight="bold", color=INK, zorder=7, path_effects=[withStroke(linewidth=2.6, foreground="white")],
                clip_on=True,
            )  # fmt: skip
