"""The words of results stand in one place, and the page has the same."""

from __future__ import annotations

import ast
import re
import runpy
from collections.abc import Iterator
from pathlib import Path

from typer.testing import CliRunner

from stability_sim.cli.main import app
from stability_sim.engine.record import SERIES as RECORDED
from stability_sim.results import vocabulary
from stability_sim.results.vocabulary import (
    CHANNEL_ENTRIES,
    ENDING_ENTRIES,
    ENTRIES,
    SERIES,
    THREAT_ENTRIES,
    UNITS,
    outcome_label,
)
from stability_sim.world.vocabulary import CHANNELS, ENDINGS, THREATS

ROOT = Path(__file__).parents[2]
HOME = Path(vocabulary.__file__)


def test_every_series_channel_ending_and_threat_is_in_it() -> None:
    assert tuple(SERIES) == RECORDED
    assert tuple(entry.name for entry in CHANNEL_ENTRIES) == ("start", *CHANNELS, "event")
    assert tuple(entry.name for entry in ENDING_ENTRIES) == ENDINGS
    assert tuple(entry.name for entry in THREAT_ENTRIES) == THREATS
    assert all(entry.meaning for entry in ENTRIES)


def test_one_name_has_one_unit() -> None:
    for entry in ENTRIES:
        assert entry.unit in ("", UNITS.get(entry.name)), entry


def test_one_thing_has_one_unit() -> None:
    assert SERIES["refugees_hosted"][1] == UNITS["refugees_at_end"] == UNITS["refugees_end"]
    assert SERIES["cells"][1] == UNITS["cells_end"]
    assert outcome_label("not_known") == "not known"


def test_the_viewer_has_what_is_made_from_it() -> None:
    made = runpy.run_path(str(ROOT / "scripts" / "build_vocabulary.py"))["source"]()
    assert (ROOT / "viewer" / "src" / "vocabulary.ts").read_text(encoding="utf-8") == made, "run scripts/build_vocabulary.py"


def _python() -> Iterator[tuple[Path, str]]:
    for path in (ROOT / "src" / "stability_sim").rglob("*.py"):
        if path != HOME and path.parent.name != "scenario":  # what scenario files hold has words of its own
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield path, node.value


def _typescript() -> Iterator[tuple[Path, str]]:
    for path in (ROOT / "viewer" / "src").rglob("*.ts"):
        if path.name != "vocabulary.ts":
            for text in re.findall(r'"([^"\n]*)"|`([^`]*)`', path.read_text(encoding="utf-8")):
                yield path, "".join(text)


def test_nobody_else_holds_the_labels() -> None:
    """A label of one word, such as economy, is a name as well, which others need."""
    labels = {entry.label for entry in ENTRIES} | set(vocabulary.ROW_LABELS.values())
    telling = {label for label in labels if " " in label}
    assert len(telling) > 30
    texts = [*_python(), *_typescript()]
    assert len(texts) > 1000
    assert [(path.name, text) for path, text in texts if text in telling] == []


def test_nobody_else_holds_the_colours_of_channels() -> None:
    tables = [(path.name, text) for path, text in (*_python(), *_typescript()) if text == vocabulary.CHANNEL_COLOURS["start"]]
    assert tables == []


def test_the_dictionary_tells_them() -> None:
    for name in ("infiltration_crossing", "refugees_hosted", "ever_onset", "takeover"):
        done = CliRunner().invoke(app, ["explain", name])
        assert done.exit_code == 0, name
