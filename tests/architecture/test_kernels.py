"""Helpers of kernels take their arguments in one order, and what decides in them is a parameter or a named constant."""

from __future__ import annotations

import ast
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


@pytest.mark.parametrize("function", _functions("kernel"), ids=lambda function: function.name)
def test_processes_are_called_alike(function: ast.FunctionDef) -> None:
    assert _arguments(function) == PROCESS or function.name == "first_impressions"
