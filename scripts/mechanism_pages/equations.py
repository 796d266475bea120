"""Whether the equations that pages tell of are still those of the code: a fingerprint of each file of dynamics.

Names and defaults of parameters are checked elsewhere; this notices a changed sign, term or condition. What was read
against which code is kept in docs/mechanisms/read.json, which only ``--read`` writes.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
DYNAMICS = Path(__file__).parents[2] / "src" / "stability_sim" / "dynamics"
NAMED = re.compile(r"`dynamics/(\w+)\.py`")


def _without_words(tree: ast.AST) -> ast.AST:
    """Return a tree without its docstrings."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            node.body = body[1:] or [ast.Pass()]  # type: ignore[attr-defined]
    return tree


def equations() -> dict[str, str]:
    """Return a fingerprint of the code of each file of dynamics: comments, docstrings and layout aside."""
    found = {}
    for path in sorted(DYNAMICS.glob("*.py")):
        tree = _without_words(ast.parse(path.read_text(encoding="utf-8")))
        told = [ast.unparse(node) for node in ast.iter_child_nodes(tree) if isinstance(node, ast.FunctionDef | ast.Assign)]
        if told:
            found[path.stem] = hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
    return found


def tellers(docs: Path) -> dict[str, list[str]]:
    """Return the mechanism pages that name each file of dynamics."""
    found: dict[str, list[str]] = {name: [] for name in equations()}
    for page in sorted((docs / "mechanisms").glob("[a-z]*.md")):
        for name in sorted(set(NAMED.findall(page.read_text(encoding="utf-8")))):
            found.setdefault(name, []).append(page.name)
    return found


def _known(docs: Path) -> dict[str, str]:
    kept = docs / "mechanisms" / "read.json"
    return json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}


def drafts(docs: Path = DOCS) -> set[str]:
    """Return the files of dynamics that no page was ever read against."""
    return set(equations()) - set(_known(docs))


def draft_parameters(docs: Path = DOCS) -> set[str]:
    """Return the parameters that drafts use and nothing else does."""
    early = drafts(docs)
    if not early:
        return set()
    used: dict[bool, set[str]] = {True: set(), False: set()}
    for path in DYNAMICS.glob("*.py"):
        used[path.stem in early] |= set(re.findall(r"\bp\.(\w+)", path.read_text(encoding="utf-8")))
    return used[True] - used[False]


def unread(docs: Path) -> list[str]:
    """Return a line for each file of dynamics that has changed since the pages that tell of it were read against it."""
    known, where = _known(docs), tellers(docs)
    return [
        f"dynamics/{name}.py has changed: read {', '.join(where[name]) or 'the pages'} and odd.md against it, then run with --read"
        for name, code in equations().items()
        if name in known and known[name] != code
    ]


def mark_as_read(docs: Path) -> None:
    """Write down that all pages were read against the code as it is."""
    (docs / "mechanisms" / "read.json").write_text(json.dumps(equations(), indent=1) + "\n", encoding="utf-8")
