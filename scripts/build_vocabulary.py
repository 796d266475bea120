"""Make `viewer/src/vocabulary.ts` from the words of results and the colours of figures, so that page and figures agree.

Run it when either changes, then build the page anew: `python scripts/build_vocabulary.py && cd viewer && node build.mjs`.
A path as argument writes it there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from stability_sim.report.figures import canvas
from stability_sim.results import vocabulary as words

TARGET = Path(__file__).parents[1] / "viewer" / "src" / "vocabulary.ts"
_COLOURS = ("INK", "QUIET", "GRID", "SEA", "LAND", "EDGE", "BLOC", "LESS", "SAME", "MORE")
_SCALES = ("VARIANT_LINES", "VARIANT_TEXT", "GROUP_COLOURS", "STEPS", "SHARE_COLOURS")
_HEAD = """// Made by scripts/build_vocabulary.py from results/vocabulary.py and report/figures/canvas.py: change these, not this file.
"""


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _table(name: str, kind: str, rows: Mapping[str, object]) -> str:
    lines = "".join(f"  {key}: {_text(value)},\n" for key, value in rows.items())
    return f"\nexport const {name}: Record<string, {kind}> = {{\n{lines}}};\n"


def _row(name: str, values: Sequence[object]) -> str:
    return f"export const {name} = {_text(list(values))} as const;\n"


def source() -> str:
    """Return the text of the file."""
    parts = [_HEAD]
    parts += [f"export const {name} = {_text(getattr(canvas, name))};\n" for name in _COLOURS]
    parts += [_row(name, getattr(canvas, name)) for name in _SCALES]
    parts.append(f"export const UNNAMED = {_text(words.UNNAMED)};\n")
    parts += [
        _table("OUTCOME_LABELS", "string", words.LABELS),
        _table("SERIES", "[title: string, unit: string]", words.SERIES),
        _table("CHANNEL_NAMES", "string", words.CHANNEL_NAMES),
        _table("CHANNEL_COLOURS", "string", words.CHANNEL_COLOURS),
        _table("ENDING_NAMES", "string", words.ENDING_NAMES),
        _table("THREAT_NAMES", "string", words.THREAT_NAMES),
    ]
    return "".join(parts)


if __name__ == "__main__":
    (Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET).write_text(source(), encoding="utf-8")
