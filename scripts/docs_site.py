"""Hooks of MkDocs: tables made from the sources, links that leave docs/, folders in the navigation.

A page that is linked to and is not in docs/ (a source file, the README) becomes a page of the site, so that the same link
leads somewhere on a disk, on a forge and on the site.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

import docs_reference

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"(\]\()(?!https?:|mailto:|#)([^)#\s]+)((?:#[^)\s]+)?\))")
FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
PROJECT = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
LANGUAGES = {".py": "python", ".yaml": "yaml", ".toml": "toml", ".sh": "sh", ".cff": "yaml"}
_SOURCES: dict[str, str] = {}  # page of the site → file of the project that it shows


def _outside(text: str, where: str) -> list[str]:
    """Return the files of the project outside docs/ to which a page links; ``where`` is the page in the project."""
    found = []
    for part in FENCE.split(text)[::2]:
        for match in LINK.finditer(part):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(where), match[2]))
            if not target.startswith("docs/") and target != "docs" and (ROOT / target).exists():
                found.append(target)
    return found


def _home(target: str) -> str:
    """Return the page of the site that shows a file of the project."""
    if target.startswith("docs/"):
        return target.removeprefix("docs/")
    if target in PROJECT:
        return f"project/{target.lower()}"
    return f"code/{target}.md"


def _shown(target: str) -> str:
    """Return the page that shows a file or folder of the project."""
    path = ROOT / target
    hidden = "---\nsearch:\n  exclude: true\n---\n"
    if target in PROJECT:
        return path.read_text(encoding="utf-8")
    if path.is_dir():
        names = sorted(part.name for part in path.iterdir() if not part.name.startswith(("_", ".")))
        return f"{hidden}# {target}/\n\n" + "\n".join(f"- `{name}`" for name in names) + "\n"
    text = path.read_text(encoding="utf-8").rstrip("\n")
    return f"{hidden}# {target}\n\n````{LANGUAGES.get(path.suffix, 'text')}\n{text}\n````\n"


def _add(config: MkDocsConfig, files: Files, target: str) -> None:
    uri = _home(target)
    if uri not in _SOURCES:
        _SOURCES[uri] = target
        files.append(File.generated(config, uri, content=_shown(target)))


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add a page for each file outside docs/ to which a page leads, and those of the project."""
    _SOURCES.clear()
    pages = [file for file in files if file.src_uri.endswith(".md")]
    for target in PROJECT:
        _add(config, files, target)
    for where, text in [*((f"docs/{page.src_uri}", page.content_string) for page in pages), *((t, _shown(t)) for t in PROJECT)]:
        for target in _outside(text, where):
            _add(config, files, target)
    config.nav = [_expanded(entry, files) for entry in config.nav or []]
    return files


def _expanded(entry: Any, files: Files) -> Any:
    """Return an entry of the navigation with the pages of a folder in its place, the index first."""
    if isinstance(entry, dict):
        return {title: _expanded(below, files) for title, below in entry.items()}
    if isinstance(entry, list):
        return [_expanded(below, files) for below in entry]
    if entry.endswith("/"):
        pages = [file.src_uri for file in files if file.src_uri.startswith(entry) and file.src_uri.endswith(".md")]
        return sorted(pages, key=lambda uri: (not uri.endswith(("README.md", "index.md")), uri))
    return entry


def on_page_markdown(markdown: str, *, page: Page, files: Files, **_: object) -> str:
    """Fill in what is made from the sources, and let links lead to pages of the site."""
    uri = page.file.src_uri
    where = _SOURCES.get(uri, f"docs/{uri}")
    if uri.startswith("code/"):
        return markdown

    def led(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(where), match[2]))
        home = _home(target)
        if target.startswith("docs/") and where.startswith("docs/"):
            return match[0]
        if target == "docs" or (target.startswith("docs/") and (ROOT / target).is_dir()):
            home = next(file.src_uri for file in files if file.src_uri.startswith(f"{home}/".replace("docs/", "", 1)))
        return match[1] + posixpath.relpath(home, posixpath.dirname(uri) or ".") + match[3]

    parts = FENCE.split(docs_reference.filled(markdown))
    return "".join(part if i % 2 else LINK.sub(led, part) for i, part in enumerate(parts))
