"""Pictures of answers that a back row can read: so many of so many runs, bars, pairs of runs."""

from __future__ import annotations

import html
from collections.abc import Sequence

from stability_sim.report.figures.style import INK, QUIET

SIDES = ("#00629b", "#a84600")  # A and B, as on the page
LESS, SAME, MORE = "#35978f", "#e4e4e0", "#bf812d"
WIDTH = 620
ROW = 44
LETTER = 10.6  # width of a letter of size 20, on the safe side


def _svg(height: float, told: str, parts: Sequence[str]) -> str:
    label = html.escape(told, quote=True)
    return f'<svg class="answer-picture" viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 20, fill: str = INK, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{fill}" text-anchor="{anchor}"{weight}>{html.escape(words)}</text>'
    )


def squares(n: int, of: int, told: str) -> str:
    """Return a square for each of so many, the first ``n`` of them filled."""
    across = 50 if of >= 500 else 20
    step = WIDTH / across
    side = step * 0.82
    shapes = ["", ""]
    for k in range(of):
        row, column = divmod(k, across)
        shapes[int(k < n)] += f"M{column * step:.1f},{row * step:.1f}h{side:.1f}v{side:.1f}h-{side:.1f}z"
    parts = [f'<path d="{path}" fill="{fill}"/>' for path, fill in zip(shapes, (SAME, SIDES[1]), strict=True) if path]
    return _svg(-(-of // across) * step, told, parts)


def bars(rows: Sequence[tuple[str, float, str]], told: str, colours: Sequence[str] = ()) -> str:
    """Return a bar for each row of label, value and what is written behind it; bars begin at zero."""
    longest = max([abs(value) for _, value, _ in rows] + [1e-12])
    left = 24 + LETTER * max(len(label) for label, _, _ in rows)
    room = WIDTH - left - 20 - 1.25 * LETTER * max(len(words) for _, _, words in rows)
    parts = []
    for k, (label, value, words) in enumerate(rows):
        y, wide = k * ROW, abs(value) / longest * room
        fill = colours[k % len(colours)] if colours else SIDES[0]
        parts.append(_text(left - 14, y + 27, label, anchor="end"))
        parts.append(f'<rect x="{left:.0f}" y="{y + 6}" width="{wide:.1f}" height="{ROW - 14}" fill="{fill}"/>')
        parts.append(_text(left + wide + 10, y + 27, words, bold=True))
    return _svg(len(rows) * ROW, told, parts)


def pairs(less: int, same: int, more: int, told: str) -> str:
    """Return a strip of all pairs of runs: fewer in B, the same, more in B."""
    total = max(1, less + same + more)
    parts, x = [], 0.0
    for n, fill in ((less, LESS), (same, SAME), (more, MORE)):
        wide = n / total * WIDTH
        parts.append(f'<rect x="{x:.1f}" y="0" width="{wide:.1f}" height="34" fill="{fill}"/>')
        x += wide
    for place, anchor, words in (
        (0, "start", f"{less:,} fewer in B"),
        (WIDTH / 2, "middle", f"{same:,} the same"),
        (WIDTH, "end", f"{more:,} more in B"),
    ):
        parts.append(_text(place, 62, words, anchor=anchor, fill=INK if words[:2] != "0 " else QUIET))
    return _svg(72, told, parts)
