"""What the pages tell a reader to type works, and prints what they show."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutorials import DOCS, BlockError, pages, renewed, run


@pytest.mark.parametrize("page", pages(), ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    assert run(page, tmp_path) == page.read_text(encoding="utf-8"), f"run: python scripts/tutorials.py {page}"


def test_there_are_six_tutorials() -> None:
    numbered = [page.name[0] for page in pages() if page.parent == DOCS / "tutorials"]
    assert numbered == list("123456")


def _page(folder: Path, text: str) -> Path:
    page = folder / "page.md"
    page.write_text(text, encoding="utf-8")
    return page


def test_what_is_printed_takes_the_place_of_what_was_shown(tmp_path: Path) -> None:
    page = _page(tmp_path, '```csv title="a.csv"\n1\n```\n\n```sh\ncat a.csv; echo 0.3 s\n```\n\n```text\nold\n```\n\nEnd.\n')
    new = run(page, tmp_path)
    assert new.endswith("```text\n1\n0.3 s\n```\n\nEnd.\n")
    page.write_text(new.replace("0.3 s\n```\n\nEnd", "0.9 s\n```\n\nEnd"), encoding="utf-8")
    assert run(page, tmp_path) == page.read_text(encoding="utf-8"), "seconds count as equal"


def test_a_block_that_fails_must_say_so(tmp_path: Path) -> None:
    with pytest.raises(BlockError, match=r"page\.md:1: exit code 3, not 0"):
        run(_page(tmp_path, "```sh\nexit 3\n```\n"), tmp_path)
    run(_page(tmp_path, "<!-- fails: 3 -->\n```sh\nexit 3\n```\n"), tmp_path)
    with pytest.raises(BlockError, match="exit code 0, not 3"):
        run(_page(tmp_path, "<!-- fails: 3 -->\n```python\nprint(1)\n```\n"), tmp_path)
    run(_page(tmp_path, "<!-- not run -->\n```sh\nexit 3\n```\n"), tmp_path)


def test_left_out_lines_stay_out() -> None:
    assert renewed("a 1\n...\nc 3\n", "a 2\nb\nc 4\nd\n") == "a 2\n...\nc 4\n"
    with pytest.raises(BlockError, match="nothing that was printed looks like 'z'"):
        renewed("z\n...\n", "a\n")
