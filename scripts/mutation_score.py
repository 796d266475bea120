"""Mutation testing of dynamics/: spoil one operator, comparison or number of a kernel at a time, and see who notices.

Kernels run uncompiled, each mutant in a process of its own, against what the twin of ``tests/reference`` did in the same
worlds; the twin is run once, before. A mutant is killed by any other number or row of the log, by an error, or by the
clock. The sample is the same for the same seed::

    NUMBA_DISABLE_JIT=1 python scripts/mutation_score.py --mutants 200 --seed 1
"""

from __future__ import annotations

import argparse
import ast
import copy
import hashlib
import importlib
import importlib.abc
import importlib.machinery
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
DYNAMICS = ROOT / "src" / "stability_sim" / "dynamics"
SECONDS = 60
MONTHS = 30
FRESH = ("stability_sim.dynamics", "stability_sim.engine", "reference.comparison")
SURVIVED, KILLED = 0, 1

ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip
BOUNDS: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
CALLS = {"min": "max", "max": "min"}


class Mutant(NamedTuple):
    """One change of one file: the source with it, and where and what it is."""

    path: Path
    line: int
    what: str
    source: str


class Case(NamedTuple):
    """A world, and what the twin did in it month by month."""

    beginning: Any
    seed: int
    replicate: int
    months: list[tuple[dict[str, list[float]], dict[str, list[float]]]]
    log: list[tuple[Any, ...]]


def _variants(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the node with one thing in it spoilt."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in ARITHMETIC:
        yield _with(node, op=ARITHMETIC[type(node.op)]())
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        yield _with(node, ops=[COMPARISONS[type(node.ops[0])]()])
        if type(node.ops[0]) in BOUNDS:
            yield _with(node, ops=[BOUNDS[type(node.ops[0])]()])
    elif isinstance(node, ast.BoolOp):
        yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield node.operand
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield _with(node, value=node.value + 1)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
        yield _with(node, func=ast.Name(CALLS[node.func.id], ast.Load()))


def _with(node: ast.AST, **fields: Any) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self.new, node) if node is self.old else self.generic_visit(node)


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of the functions of a file."""
    text = path.read_text(encoding="utf-8")
    for number, node in enumerate(_inside_functions(ast.parse(text))):
        for k, new in enumerate(_variants(node)):
            tree = ast.parse(text)
            twin = _inside_functions(tree)[number]
            changed = list(_variants(twin))[k]
            what = f"{ast.unparse(node)} -> {ast.unparse(new)}"
            source = ast.unparse(ast.fix_missing_locations(_Replace(twin, changed).visit(tree)))
            yield Mutant(path, getattr(node, "lineno", 0), what, source)


def _inside_functions(tree: ast.Module) -> list[ast.AST]:
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [node for function in functions for statement in function.body for node in ast.walk(statement)]


def cases(n_worlds: int) -> list[Case]:
    """Run the twin in random worlds, in the rich one and in the small one, and keep all that it did."""
    from conftest import SMALL
    from nudged.rich import RICH
    from reference import comparison
    from reference.model import Twin
    from reference.worlds import world
    from stability_sim.scenario import Scenario, resolve
    from stability_sim.world.build import begin

    named = [resolve(Scenario.model_validate(document)) for document in (RICH, SMALL)]
    scenarios = [(scenario, replicate) for scenario in named for replicate in (0, 1)]
    scenarios += [(world(number), 0) for number in range(n_worlds)]
    found = []
    for scenario, replicate in scenarios:
        beginning, twin, months = begin(scenario), Twin(scenario, replicate=replicate), []
        for _ in range(min(scenario.months, MONTHS)):
            twin.step()
            months.append((comparison.world(twin, beginning.names), comparison.month(twin, beginning.names)))
        found.append(Case(beginning, scenario.seed, replicate, months, [tuple(row) for row in twin.log]))
    return found


class _Spoilt(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Gives one module another source."""

    def __init__(self, mutant: Mutant) -> None:
        self.name, self.mutant = f"stability_sim.dynamics.{mutant.path.stem}", mutant

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(fullname, self, origin=str(self.mutant.path)) if fullname == self.name else None

    def get_source(self, fullname: str) -> str:
        return self.mutant.source

    def exec_module(self, module: Any) -> None:
        module.__file__ = str(self.mutant.path)
        exec(compile(self.mutant.source, str(self.mutant.path), "exec"), module.__dict__)


def agrees(case: Case) -> bool:
    """Return whether the kernels do in a world what the twin did."""
    engine = importlib.import_module("stability_sim.engine.run")
    comparison = importlib.import_module("reference.comparison")
    chunk = engine.start(case.beginning, case.seed, case.replicate, 1)
    for expected in case.months:
        engine.step(chunk)
        for fields, numbers in zip((chunk.now, chunk.month), expected, strict=True):
            for name, values in numbers.items():
                if not np.allclose(getattr(fields, name)[0].ravel(), values, rtol=1e-9, atol=1e-12):
                    return False
    told = [tuple(row) for row in comparison.told(chunk, 0)]
    same = [row[:-1] for row in told] == [row[:-1] for row in case.log]
    return same and np.allclose([row[-1] for row in told], [row[-1] for row in case.log], rtol=1e-9, atol=1e-12)


def _fate(mutant: Mutant | None, every: list[Case]) -> int:
    """Return in a process of its own whether the twin notices a mutant."""
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        np.seterr(all="ignore")
        try:
            for name in [name for name in sys.modules if name.startswith(FRESH)]:
                del sys.modules[name]
            if mutant:
                sys.meta_path.insert(0, _Spoilt(mutant))
            os._exit(SURVIVED if all(map(agrees, every)) else KILLED)
        except BaseException:  # noqa: BLE001 - whatever a mutant does
            if mutant is None:
                traceback.print_exc(file=sys.stdout)
                sys.stdout.flush()
            os._exit(KILLED)
    return SURVIVED if os.waitpid(child, 0)[1] == 0 else KILLED


def _lot(mutant: Mutant, seed: int) -> str:
    """Return what orders mutants at random, the same for the same seed."""
    return hashlib.sha256(f"{seed} {mutant.path.name} {mutant.line} {mutant.what}".encode()).hexdigest()


def main() -> None:
    """Sample mutants, test them, print survivors and the score."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--mutants", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--worlds", type=int, default=12)
    options.add_argument("--minutes", type=float, default=60.0, help="stop after so many, with what is done")
    given = options.parse_args()
    if os.environ.get("NUMBA_DISABLE_JIT") != "1":
        options.error("set NUMBA_DISABLE_JIT=1: compiled kernels would take a minute a mutant")
    every = cases(given.worlds)
    if _fate(None, every) != SURVIVED:
        sys.exit("the kernels differ from the twin as they are")
    possible = [mutant for path in sorted(DYNAMICS.glob("*.py")) for mutant in mutants(path)]
    chosen = sorted(possible, key=lambda mutant: _lot(mutant, given.seed))[: given.mutants]
    done = killed = 0
    end = time.monotonic() + 60 * given.minutes
    for mutant in chosen:
        if time.monotonic() > end:
            break
        done += 1
        if _fate(mutant, every) == KILLED:
            killed += 1
        else:
            print(f"survived: {mutant.path.name}:{mutant.line}: {mutant.what}", flush=True)
    print(f"{killed} of {done} mutants killed, {100 * killed / max(done, 1):.1f} % ({len(possible)} possible)")


if __name__ == "__main__":
    main()
