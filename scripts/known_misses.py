"""Write the section "Known misses" of docs/limits.md from the facts that ``stability-sim facts`` measured.

Usage: python scripts/known_misses.py outputs/.../facts.json
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "limits.md"
PLACE = re.compile(r"(<!-- generated: known-misses -->\n).*?(<!-- /generated -->)", re.DOTALL)


def _line(fact: dict[str, Any]) -> str:
    return (
        f"- **Fact {fact['number']}, {fact['meaning']}:** engine {fact['engine']:.3g}, accepted {fact['accepted_low']:.3g} to "
        f"{fact['accepted_high']:.3g}."
    )


def section(told: dict[str, Any]) -> str:
    """Return the section: every fact outside its band, and facts whose data differ from what was published."""
    facts = told["facts"]
    missed = [fact for fact in facts if fact["verdict"] == "miss"]
    odd = [fact for fact in facts if fact.get("verdict_of_data") == "miss"]
    lines = [
        f"{len(facts) - len(missed)} of {len(facts)} facts are within what is accepted ({told['replicates']} runs of "
        f"{told['years'][0]} to {told['years'][1]}, {told['states']} states, seed {told['seed']}). Misses:",
        "",
        *([_line(fact) for fact in missed] or ["- none in this run."]),
        "",
        "Facts of which the data of these years are themselves outside the band, which was drawn around longer data:",
        "",
        *(
            [f"- **Fact {f['number']}, {f['meaning']}:** data {f['data']:.3g}, engine {f['engine']:.3g}." for f in odd]
            or ["- none."]
        ),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    text = section(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    PAGE.write_text(PLACE.sub(lambda found: found[1] + text + found[2], PAGE.read_text(encoding="utf-8")), encoding="utf-8")
