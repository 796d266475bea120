"""One operator, comparison or number of a function spoilt at a time, and the module that runs in its place."""

from __future__ import annotations

import ast
import copy
import hashlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent.parent
SOURCES = ROOT / "src"

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
    """One change of one file: the source with it, where and what it is, and the lines that run it."""

    path: Path
    line: int
    what: str
    source: str
    lines: frozenset[int]


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
    """Yield every mutant of the functions and methods of a file."""
    text = path.read_text(encoding="utf-8")
    for number, node in enumerate(_inside_functions(ast.parse(text))):
        for k, new in enumerate(_variants(node)):
            tree = ast.parse(text)
            twin = _inside_functions(tree)[number]
            changed = list(_variants(twin))[k]
            what = f"{ast.unparse(node)} -> {ast.unparse(new)}"
            source = ast.unparse(ast.fix_missing_locations(_Replace(twin, changed).visit(tree)))
            first = getattr(node, "lineno", 0)
            yield Mutant(path, first, what, source, frozenset(range(first, (getattr(node, "end_lineno", first)) + 1)))


def _inside_functions(tree: ast.Module) -> list[ast.AST]:
    bodies: list[list[ast.stmt]] = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    functions = [node for body in bodies for node in body if isinstance(node, ast.FunctionDef)]
    return [node for function in functions for statement in function.body for node in ast.walk(statement)]


def sample(room: Path, seed: int, n: int) -> tuple[list[Mutant], int]:
    """Return mutants of a room drawn at random, the same for the same seed, and how many there are."""
    possible = [mutant for path in sorted(room.rglob("*.py")) for mutant in mutants(path)]
    return sorted(possible, key=lambda mutant: _lot(mutant, seed))[:n], len(possible)


def _lot(mutant: Mutant, seed: int) -> str:
    return hashlib.sha256(f"{seed} {mutant.path.name} {mutant.line} {mutant.what}".encode()).hexdigest()


class _Spoilt(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Gives one module another source."""

    def __init__(self, mutant: Mutant) -> None:
        self.name, self.mutant = ".".join(mutant.path.relative_to(SOURCES).with_suffix("").parts), mutant

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(fullname, self, origin=str(self.mutant.path)) if fullname == self.name else None

    def get_source(self, fullname: str) -> str:
        return self.mutant.source

    def exec_module(self, module: Any) -> None:
        module.__file__ = str(self.mutant.path)
        exec(compile(self.mutant.source, str(self.mutant.path), "exec"), module.__dict__)


def spoil(mutant: Mutant) -> None:
    """From here on, whoever imports the module of a mutant gets the mutant."""
    sys.meta_path.insert(0, _Spoilt(mutant))
