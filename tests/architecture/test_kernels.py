"""Helpers of kernels take their arguments in one order, and what decides in them is a parameter or a named constant."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from stability_sim import dynamics

FILES = sorted(Path(dynamics.__path__[0]).glob("*.py"))
# ``world`` is the one now or after, as the caller says; arrays of a world or of the month stand where these would.
ARRAYS = ("cells", "counts", "events", "hazard")
SHARED = ("frame", "p", "now", "world", "after", "month", *ARRAYS, "log", "key", "r")
PROCESS = ["frame", "p", "now", "after", "month", "log", "seed", "replicates", "t"]


def _functions(decorator: str) -> list[ast.FunctionDef]:
    """Return the functions of the processes that a name decorates."""
    defined = [node for path in FILES for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
    return [node for node in defined if any(getattr(mark, "id", "") == decorator for mark in node.decorator_list)]


def _arguments(function: ast.FunctionDef) -> list[str]:
    return [argument.arg for argument in function.args.args]


@pytest.mark.parametrize("function", _functions("inlined"), ids=lambda function: function.name)
def test_helpers_take_what_is_shared_first_and_in_one_order(function: ast.FunctionDef) -> None:
    names = _arguments(function)
    assert not {"seed", "replicate", "replicates", "t"} & set(names), "these three are the key"
    if {"frame", "p", "log"} & set(names):
        shared = [name for name in SHARED if name in names]
        assert names[: len(shared)] == shared


AT_THE_START = ("first_impressions", "first_strengths")  # which complete the first moment, before there is a month


@pytest.mark.parametrize("function", _functions("kernel"), ids=lambda function: function.name)
def test_processes_are_called_alike(function: ast.FunctionDef) -> None:
    assert _arguments(function) == PROCESS or function.name in AT_THE_START


# Zero, one and the months of a year speak for themselves; whole numbers that are compared number the cases of a choice.
PLAIN = (0, 1, 12)


def _numbers(function: ast.FunctionDef) -> list[float]:
    """Return the numbers in the body of a function that neither a parameter nor a name stands for."""
    cases = {id(side) for node in ast.walk(function) if isinstance(node, ast.Compare) for side in (node.left, *node.comparators)}
    constants = [node for node in ast.walk(function) if isinstance(node, ast.Constant)]
    numbers = [node for node in constants if isinstance(node.value, float) or (type(node.value) is int and id(node) not in cases)]
    return [node.value for node in numbers if node.value not in PLAIN]


@pytest.mark.parametrize("function", _functions("inlined") + _functions("kernel"), ids=lambda function: function.name)
def test_what_decides_is_a_parameter_or_a_named_constant(function: ast.FunctionDef) -> None:
    assert _numbers(function) == []


@pytest.mark.parametrize("line", ["x * 2.5", "range(7)", "x > 0.1", "x if x == 2.0 else 1"])
def test_a_number_without_a_name_is_seen(line: str) -> None:
    function = ast.parse(f"def f(x):\n    return {line}").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert len(_numbers(function)) == 1


def _constants() -> list[tuple[str, str]]:
    """Return the file and the line of each constant of the processes that a number defines."""
    named = [
        (path.name, path.read_text().splitlines()[node.lineno - 1])
        for path in FILES
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign)
        if any(isinstance(part, ast.Constant) and isinstance(part.value, float) for part in ast.walk(node.value))
    ]
    assert named
    return named


@pytest.mark.parametrize(("file", "line"), _constants())
def test_a_constant_says_why_it_is_what_it_is(file: str, line: str) -> None:
    assert "#" in line, file


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_docstrings_of_processes_quote_no_numbers(path: Path) -> None:
    documented = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef | ast.Module)]
    texts = [ast.get_docstring(node) or "" for node in documented]
    assert not [text for text in texts if re.search(r"\d\.\d", text)]
