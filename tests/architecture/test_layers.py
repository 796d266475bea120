"""Imports go downwards only; Mesa lives in one file; random numbers in one."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import stability_sim

PACKAGE = Path(stability_sim.__file__).parent
LAYERS = (
    ("__main__",), ("cli",), ("api",), ("app",), ("lesson",), ("studies",), ("report",), ("analysis", "ensemble"), ("engine",), ("dynamics",),
    ("world",), ("panel",), ("storage",), ("results",), ("scenario",), ("geography",), ("kernels",), ("terminal",),
)  # fmt: skip
LEVEL = {room: len(LAYERS) - k for k, rooms in enumerate(LAYERS) for room in rooms}
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.relative_to(PACKAGE) != Path("__init__.py")]


def _room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


@functools.cache
def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            found.add(str(node.module))
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_every_room_has_a_layer() -> None:
    assert {_room(path) for path in FILES} == set(LEVEL)


def test_imports_go_downwards_only() -> None:
    wrong = []
    for path in FILES:
        for name in _imports(path):
            parts = name.split(".")
            if parts[0] == "stability_sim" and len(parts) > 1 and parts[1] in LEVEL:
                here, there = _room(path), parts[1]
                if here != there and LEVEL[there] >= LEVEL[here]:
                    wrong.append(f"{path.relative_to(PACKAGE)} imports {name}")
    assert not wrong


def _users(package: str) -> set[str]:
    return {
        str(path.relative_to(PACKAGE))
        for path in FILES
        if any(name == package or name.startswith(f"{package}.") for name in _imports(path))
    }


def test_mesa_lives_in_one_file() -> None:
    assert _users("mesa") == {"engine/mesa_model.py"}


def test_dynamics_know_only_numbers() -> None:
    for package in ("stability_sim.scenario", "mesa", "matplotlib", "pydantic"):
        assert not {path for path in _users(package) if path.startswith("dynamics/")}


def test_reports_know_only_results() -> None:
    for package in ("stability_sim.engine", "stability_sim.world", "stability_sim.dynamics"):
        assert not {path for path in _users(package) if path.startswith(("report/", "analysis/"))}


def test_nothing_draws_but_the_one_generator() -> None:
    assert not _users("random")
    assert not _users("numpy.random")
    assert not _users("pickle")
    for path in FILES:
        text = path.read_text()
        assert "np.random" not in text, path
        assert "eval(" not in text, path


def test_tables_are_written_in_one_place() -> None:
    """Whoever writes CSV by other means forgets the guard against formulas."""
    assert not {path.name for path in FILES if "csv.writer(" in path.read_text() or "DictWriter(" in path.read_text()} - {
        "csv_files.py"
    }
    for path in FILES:
        for line in path.read_text().splitlines():
            assert ".to_csv(" not in line, path


def test_people_are_told_in_one_place() -> None:
    """Whoever makes a console of his own, or writes to a stream, lets words of a file command the terminal."""
    assert _users("rich.console") == _users("rich.progress") == {"terminal.py"}
    assert not _users("rich.markup") | _users("rich.logging")
    for path in FILES:
        calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        assert path.name == "terminal.py" or not {"print", "sys.stdout.write", "sys.stderr.write"} & set(calls), path
        assert "[bold]" not in path.read_text(), path


def test_files_and_functions_stay_small() -> None:
    for path in FILES:
        text = path.read_text()
        assert len(text.splitlines()) <= 400, path


def test_what_both_worlds_share_is_changed_by_events_alone() -> None:
    from stability_sim.world.fields import SHARED, World

    assert set(SHARED) <= set(World._fields)
    for path in (PACKAGE / "dynamics").glob("*.py"):
        for name in SHARED:
            assert f"after.{name}[" not in path.read_text(), f"{path.name} writes {name}, which both worlds share"


def test_numbers_of_a_scenario_are_changed_in_its_own_room_alone() -> None:
    """``with_values`` checks what it is given; a copy of a record with another number does not."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())) if _room(path) != "scenario" else ():
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("model_copy", "model_construct")
            ):
                keys = {
                    key.value
                    for part in ast.walk(node)
                    if isinstance(part, ast.Dict)
                    for key in part.keys
                    if isinstance(key, ast.Constant)
                }
                assert not keys & {"parameters", "rules", "value", "range"}, f"{path.relative_to(PACKAGE)}:{node.lineno}"


def test_no_test_waits_for_a_time() -> None:
    """A test that sleeps is slow on one machine and fails on another; who has to wait, waits for a condition."""
    tests = Path(__file__).parents[1]
    clocks = re.compile(r"\b(sleep|perf_counter|monotonic|wait_for_timeout)\(")
    assert {path.name for path in tests.rglob("*.py") if clocks.search(path.read_text(encoding="utf-8"))} == {"waiting.py"}
