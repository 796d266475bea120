"""Make the pictures of docs/gallery.md by the commands that stand there.

Usage: python scripts/gallery.py [PICTURE...]

``<!-- from: FILE -->`` behind a picture says which of the written files it is. Pictures are made smaller: 256 colours, at most
1,200 pixels wide.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

PAGE = Path(__file__).parents[1] / "docs" / "gallery.md"
COMMAND = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PICTURE = re.compile(r"!\[[^\]]*\]\((?P<picture>[^)]+)\)<!-- from: (?P<source>\S+) -->")
WIDEST, COLOURS = 1200, 256


def pictures() -> dict[str, str]:
    """Return the pictures of the page, and the file that each one is."""
    return {match["picture"]: match["source"] for match in PICTURE.finditer(PAGE.read_text(encoding="utf-8"))}


def commands() -> list[str]:
    """Return the commands of the page."""
    return [match[1] for match in COMMAND.finditer(PAGE.read_text(encoding="utf-8"))]


def shrink(source: Path, target: Path) -> None:
    """Write a picture with fewer pixels and colours."""
    with Image.open(source) as picture:
        small = picture.convert("RGB")
        if small.width > WIDEST:
            small = small.resize((WIDEST, round(small.height * WIDEST / small.width)), Image.Resampling.LANCZOS)
        small.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


def main() -> int:
    """Run the commands and write the pictures; return the exit code."""
    wanted = [f"gallery/{name}.png" for name in sys.argv[1:]] or list(pictures())
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    with tempfile.TemporaryDirectory() as folder:
        for command in commands():
            where = re.search(r"-o (\S+)", command)
            if where and any(pictures()[name].startswith(f"{where[1]}/") for name in wanted):
                subprocess.run(["bash", "-euc", command], cwd=folder, env={**os.environ, "PATH": path}, check=True)
        for name in wanted:
            target = PAGE.parent / name
            target.parent.mkdir(exist_ok=True)
            shrink(Path(folder) / pictures()[name], target)
            print(f"{target}: {target.stat().st_size // 1024} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
