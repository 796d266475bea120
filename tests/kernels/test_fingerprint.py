"""What a run or a kernel rests on is computed from imports, whole, and every file of it decides the key."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

import stability_sim
from stability_sim.engine import warmup
from stability_sim.ensemble import tasks
from stability_sim.ensemble.tasks import OtherVersion, Task, as_text, code_version, perform_to_bytes
from stability_sim.kernels.compile import cache_folder
from stability_sim.kernels.fingerprint import closure, fingerprint, imports, imports_of, kernel_modules
from stability_sim.scenario import Scenario

PACKAGE = Path(stability_sim.__file__).parent
RUN = [tasks.__name__]


def _of_runs(package: Path) -> list[str]:
    return RUN


PARTS = {"runs": _of_runs, "kernels": kernel_modules}


def _copy(folder: Path) -> Path:
    return Path(shutil.copytree(PACKAGE, folder / "stability_sim", ignore=shutil.ignore_patterns("__pycache__")))


def _names(part: Callable[[Path], list[str]], package: Path = PACKAGE) -> set[str]:
    return {path.relative_to(package).as_posix() for path in closure(part(package), package)}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_every_file_that_counts_changes_the_key(part: Callable[[Path], list[str]], tmp_path: Path) -> None:
    package = _copy(tmp_path)
    keys = {fingerprint(part(PACKAGE))}
    modules = part(package)  # which they are, a comment does not change
    assert fingerprint(modules, package) in keys  # not where the package lies
    files = closure(modules, package)
    for path in files:
        before = path.read_bytes()
        path.write_bytes(before + b"\n# another\n")
        keys.add(fingerprint(modules, package))
        path.write_bytes(before)
    assert len(keys) == 1 + len(files) > 30


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_files_that_nothing_rests_on_do_not_change_it(part: Callable[[Path], list[str]], tmp_path: Path) -> None:
    package = _copy(tmp_path)
    before = fingerprint(part(package), package)
    for name in (
        "report/figures/canvas.py",
        "cli/main.py",
        "api.py",
        "studies/run.py",
        "lesson/cases/four-rivers.yaml",
        "analysis/prim.py",
    ):
        path = package / name
        path.write_bytes(path.read_bytes() + b"\n# another\n")
    (package / "scenarios").mkdir()  # as in a wheel
    (package / "scenarios" / "case.yaml").write_text("scenario: case\n")
    (package / "scenario" / "__pycache__").mkdir()
    (package / "scenario" / "__pycache__" / "load.pyc").write_bytes(b"0")
    assert fingerprint(part(package), package) == before


def test_kernels_rest_on_formulas_and_on_what_compiles_them_and_not_on_how_files_are_read() -> None:
    names = _names(kernel_modules)
    assert names > {
        "kernels/elementary.py", "kernels/randomness.py", "kernels/handles.py", "kernels/compile.py", "world/fields.py", "world/vocabulary.py",
        "scenario/parameters.py", "engine/record.py", "engine/fused.py", "dynamics/onset.py",
    }  # fmt: skip
    assert not names & {"scenario/checks.py", "scenario/load.py", "world/initial.py", "engine/run.py", "ensemble/tasks.py"}
    assert names < _names(_of_runs)


_PERFORM = """
import json, sys
opened = []
sys.addaudithook(lambda event, given: opened.append(given[0]) if event == "open" else None)
from stability_sim.ensemble.tasks import Task, perform_to_bytes
perform_to_bytes(Task(**json.load(sys.stdin)))
files = [getattr(module, "__file__", None) for name, module in sys.modules.items() if name.startswith("stability_sim")]
tables = [path for path in map(str, opened) if not path.endswith((".py", ".pyc"))]  # sources are read for the key itself
print(json.dumps([*filter(None, files), *tables]))
"""


def _task(scenario: Scenario, code: str = "") -> Task:
    return Task(as_text(scenario.model_copy(update={"variants": {}})), 1, 0, 2, scenario.months, log=True, paths=True, code=code)


def _elsewhere(code: str, task: Task, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(asdict(task)),
        capture_output=True,
        text=True,
        env=os.environ | environment,
    )


def test_whatever_a_process_loads_to_do_a_task_counts(small: Scenario) -> None:
    done = _elsewhere(_PERFORM, _task(small, code_version()))
    assert done.returncode == 0, done.stderr
    ours = {path for name in json.loads(done.stdout) if PACKAGE in (path := Path(name)).parents}
    loaded = {path.relative_to(PACKAGE).as_posix() for path in ours if path.is_file()}
    assert len(loaded) > 60
    assert "scenario/fitted.json" in loaded
    assert loaded <= _names(_of_runs)


def _used(function: FunctionType) -> Iterator[Any]:
    """Yield the things of its file that a function names, and functions inside it."""
    codes: list[CodeType] = [function.__code__]
    while codes:
        code = codes.pop()
        codes += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        yield from (function.__globals__[name] for name in code.co_names if name in function.__globals__)


def _function(thing: Any) -> Any:
    return getattr(thing, "py_func", None) or getattr(thing, "_defn", None) or thing


def test_whatever_a_compiled_kernel_calls_counts() -> None:
    waiting = [process for process, _ in warmup._jobs()]
    for module in [module for name, module in sys.modules.items() if name.startswith("stability_sim")]:
        waiting += [thing for thing in vars(module).values() if hasattr(thing, "py_func")]
    reached = set()
    while waiting:
        function = _function(waiting.pop())
        if isinstance(function, ModuleType):
            continue
        if isinstance(function, FunctionType) and function.__module__.startswith("stability_sim") and function not in reached:
            reached.add(function)
            waiting += _used(function)
    files = {function.__module__.replace(".", "/").removeprefix("stability_sim/") + ".py" for function in reached}
    assert files > {"dynamics/onset.py", "engine/fused.py", "engine/record.py", "kernels/elementary.py", "kernels/randomness.py"}
    assert files <= _names(kernel_modules)


def test_imports_are_followed_wherever_they_stand(tmp_path: Path) -> None:
    package = tmp_path / "stability_sim"
    texts = {
        "__init__.py": "def __getattr__(name):\n    from stability_sim import api\n",
        "api.py": "import stability_sim.late\n",
        "late.py": "",
        "room/__init__.py": "from stability_sim.room.load import load\n",
        "room/load.py": "",
        "room/first.py": "def f():\n    if 1:\n        pass\n    else:\n        from stability_sim.room.second import x as y\n",
        "room/second.py": "match 1:\n    case 1:\n        try:\n            import os\n        except E:\n            from stability_sim import third\n",
        "room/numbers.json": "{}",
        "room/tables/one.csv": "1",
        "third.py": "import numpy",
        "beside.txt": "",
        "other/__init__.py": "",
        "other/taker.py": "from stability_sim.room import load",
        "other/wants.py": "from stability_sim.room import first, load as it, never",
        "other/kernels.py": "if 1:\n    from stability_sim.kernels.compile import kernel\n",
        "other/low.py": "from numba.core import types\n",
        "other/plain.py": "import numba\nfrom stability_sim.kernels.compile import FOLDER  # no kernel\n",
        "kernels/__init__.py": "",
        "kernels/compile.py": "",
    }
    for name, text in texts.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)

    def names(*modules: str) -> set[str]:
        return {path.relative_to(package).as_posix() for path in closure([f"stability_sim.{name}" for name in modules], package)}

    data = {"room/numbers.json", "room/tables/one.csv"}
    # A package on the way counts itself, and what it imports only where something is taken from it.
    first = {"__init__.py", "room/__init__.py", "room/first.py", "room/second.py", "third.py", *data}
    assert names("room.first") == first
    other = {"other/__init__.py", "room/__init__.py", "room/load.py", "__init__.py"}
    assert names("other.taker") == {*other, *data, "other/taker.py"}
    assert names("other.wants") == {*first, *other, "other/wants.py"}
    assert kernel_modules(package) == ["stability_sim.other.kernels", "stability_sim.other.low"]
    with pytest.raises(ModuleNotFoundError, match=r"stability_sim\.nowhere"):
        closure(["stability_sim.nowhere"], package)


def test_no_import_of_a_file_is_overlooked() -> None:
    for path in PACKAGE.rglob("*.py"):
        assert imports(path.read_bytes()) >= imports_of(ast.parse(path.read_bytes())), path
    odd = b"from a import (\n    b,  # (odd)\n    c,\n)\nimport d, \\\n    e\nif 1:\n\tfrom f.g import h  # (odd\nx = (1)\nimport i\n"
    assert {module for module, _ in imports(odd)} == {"a", "d", "e", "f.g", "i"}


def test_a_formula_that_changed_gives_chunks_and_kernels_other_names(
    small: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = _copy(tmp_path)
    formula = package / "kernels" / "elementary.py"
    formula.write_bytes(formula.read_bytes() + b"\n# another\n")
    changed = fingerprint(RUN, package)
    assert code_version() == fingerprint(RUN) != changed
    assert _task(small, code_version()).key != _task(small, changed).key
    assert cache_folder(package) != cache_folder()
    assert cache_folder(package).parent == cache_folder().parent


_REFUSED = """
import json, sys
from stability_sim.ensemble.tasks import OtherVersion, Task, perform_to_bytes
task = Task(**json.load(sys.stdin))
try:
    perform_to_bytes(task)
except OtherVersion as error:
    print(f"refused: {error}")
"""


def test_a_worker_with_another_formula_refuses_the_task(small: Scenario, tmp_path: Path) -> None:
    package = _copy(tmp_path)
    formula = package / "kernels" / "elementary.py"
    formula.write_bytes(formula.read_bytes() + b"\n# another\n")
    done = _elsewhere(
        _REFUSED, _task(small, code_version()), PYTHONPATH=str(tmp_path), STABILITY_SIM_CACHE=str(tmp_path / "cache")
    )
    assert done.stdout.startswith("refused: a worker has another version of stability-sim"), done.stderr
    with pytest.raises(OtherVersion):
        perform_to_bytes(_task(small, fingerprint(RUN, package)))


def test_help_does_not_work_it_out() -> None:
    code = "import sys; sys.argv = ['x', '--help']\nfrom stability_sim.cli.main import main\ntry:\n    main()\nfinally:\n    "
    code += "print([name for name in sys.modules if name in ('stability_sim.kernels.fingerprint', 'numba')], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "Usage" in done.stdout
    assert done.stderr.splitlines()[-1] == "[]"
