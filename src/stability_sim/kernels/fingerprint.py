"""Which files of the package something rests on, and a hash over them: computed from what imports what.

Nothing is imported to find out, and nothing is listed by hand: a file counts as soon as one that counts imports it.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[1]
_NAME = __name__.partition(".")[0]
_STATEMENT = re.compile(rb"^[ \t]*((?:from[ \t]+[\w.]+[ \t]+)?import\b(?:[^\n(\\]|\\\r?\n)*(?:\([^)]*\))?)", re.MULTILINE)
_NO_DATA = frozenset({".py", ".pyc"})


class Import(NamedTuple):
    """A module that is imported, or from which something is."""

    module: str
    name: str  # what is taken from the module; empty if it is imported whole


_MAKES_KERNELS = (
    *(Import(f"{_NAME}.kernels.compile", name) for name in ("", "kernel", "inlined", "*")), Import(f"{_NAME}.kernels", "compile"),
    *(Import("numba", name) for name in ("jit", "njit", "vectorize", "guvectorize", "cfunc")),
)  # fmt: skip
_LOOKS_ON = ("numba.core.dispatcher", "numba.core.errors")  # who takes these watches compiled functions, and makes none


def imports_of(tree: ast.AST) -> frozenset[Import]:
    """Return what a parsed source imports, in functions too; imports are absolute throughout the package."""
    imports = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports |= {Import(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imports |= {Import(node.module or "", alias.name) for alias in node.names}
    return frozenset(imports)


@cache  # by the text itself: what was read of a file that changed since is not taken for it
def imports(text: bytes) -> frozenset[Import]:
    """Return what a source imports, and perhaps what looks like an import in a text inside it.

    Parsing all of it takes ten times as long, and every start of the program would wait for it.
    """
    try:
        return imports_of(ast.parse(b"\n".join(_STATEMENT.findall(text))))
    except SyntaxError:  # cut in the wrong place
        return imports_of(ast.parse(text))


def _file_of(module: str, package: Path) -> Path | None:
    within = package.joinpath(*module.split(".")[1:])
    choices = (within / "__init__.py", within.parent / f"{within.name}.py")
    return next((path for path in choices if path.is_file()), None)


def _module_of(path: Path, package: Path) -> str:
    parts = path.relative_to(package).with_suffix("").parts
    return ".".join((_NAME, *(part for part in parts if part != "__init__")))


def _ours(text: bytes, package: Path) -> Iterator[str]:
    """Yield the modules of the package that a source imports."""
    for module, name in imports(text):
        if module.partition(".")[0] == _NAME:
            inner = f"{module}.{name}"
            yield inner if name and _file_of(inner, package) else module


def _data(folder: Path) -> Iterator[Path]:
    """Yield what lies beside the sources of a room: tables of numbers, in folders of it too."""
    for path in folder.iterdir():
        if path.name.startswith((".", "__pycache__")):
            continue
        if path.is_file() and path.suffix not in _NO_DATA:
            yield path
        elif path.is_dir() and not (path / "__init__.py").is_file():
            yield from _data(path)


def closure(modules: Collection[str], package: Path = PACKAGE) -> list[Path]:
    """Return the files that modules of the package rest on: their own, those of all that they import, and tables of numbers.

    A package on the way to a module counts itself. What it imports counts only where something is taken from the package:
    a module does not see the rest. The folder of the whole package lends no data: the scenarios there are input.

    Raises ModuleNotFoundError if one of ``modules`` has no source.
    """
    files, seen, waiting = set(), set(), list(modules)
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        path = _file_of(module, package)
        if path is None:
            if module in modules:
                raise ModuleNotFoundError(f"{module} has no source in {package}", name=module)
            continue
        above = (folder / "__init__.py" for folder in path.parents if folder.is_relative_to(package))
        files |= {path, *(passed for passed in above if passed.is_file())}
        waiting += _ours(path.read_bytes(), package)
    tables = (_data(folder) for folder in {path.parent for path in files} - {package})
    return sorted(files.union(*tables), key=Path.as_posix)


def _compiles(text: bytes) -> bool:
    """Return whether a source defines kernels or formulas for them, or tells the compiler what to make of them."""
    if b"kernels" not in text and b"numba" not in text:  # need not be parsed
        return False
    return any(
        wanted in _MAKES_KERNELS or (wanted.module.startswith("numba.") and wanted.module not in _LOOKS_ON)
        for wanted in imports(text)
    )


def kernel_modules(package: Path = PACKAGE) -> list[str]:
    """Return the modules that decide, with all that they import, what a compiled kernel is."""
    return [_module_of(path, package) for path in sorted(package.rglob("*.py")) if _compiles(path.read_bytes())]


def fingerprint(modules: Collection[str], package: Path = PACKAGE) -> str:
    """Return a hash over all files that modules of the package rest on; another file, name or byte gives another."""
    digest = hashlib.sha256()
    for path in closure(modules, package):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(package).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
