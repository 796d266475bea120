"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

FILE = Annotated[str, typer.Argument(metavar="FILE", help="A scenario file, or the name of a shipped one (see list).")]
SET = Annotated[list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Set a number; may be repeated.")]
VARIANT = Annotated[str | None, typer.Option("--variant", "-V", help="A variant of the file.")]
SEED = Annotated[int | None, typer.Option(min=0, max=4_294_967_295, help="Seed of all draws.")]
A_SEED = Annotated[int, typer.Option(min=0, max=4_294_967_295, help="Seed of all draws.")]
WORKERS = Annotated[int | None, typer.Option(min=1, max=1024, help="Threads; all cores if not given.")]
FIGURES = Annotated[bool, typer.Option("--figures/--no-figures", help="Draw the figures.")]
ENGINE = Annotated[str, typer.Option(help="threads, processes or dask.")]
CHUNKS = Annotated[
    Path | None, typer.Option("--keep-chunks", metavar="DIR", help="Keep what is finished there, and go on from it.")
]
SCHEDULER = Annotated[str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler, such as tcp://host:8786.")]
DATA = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Data folder; that of STABILITY_SIM_DATA if not given.")]
