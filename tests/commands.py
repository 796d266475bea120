"""Commands as a user gives them, each in a process of its own, without the seconds that Python takes to import.

One process imports what commands import and loads the kernels; it forks for each that is asked for. What happens before a
command begins (how Python reads its environment and options, what is imported when, an interrupt meanwhile) needs ``fresh``.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib
import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

Done = subprocess.CompletedProcess[str]
Call = Callable[[], Any] | functools.partial[Any]


def fresh(
    *words: str, cwd: Path | None = None, options: tuple[str, ...] = (), before: Call | None = None, **environment: str
) -> Done:
    """Run a command in an interpreter that starts with it; ``before`` is called ahead of the interpreter."""
    return subprocess.run(
        [sys.executable, *options, "-m", "stability_sim", *words], cwd=cwd, env={**os.environ, **environment}, capture_output=True,
        check=False, encoding="utf-8", errors="replace", preexec_fn=before,
    )  # fmt: skip


def command(*words: str, cwd: Path | None = None, before: Call | None = None) -> Done:
    """Run a command in a fork; ``before`` is called in it ahead of the command."""
    return forked(*([before] if before else []), functools.partial(give, *words), cwd=cwd)


def forked(*calls: Call, cwd: Path | None = None) -> Done:
    """Call functions of modules, with arguments that JSON can write if there are any, in a fork that ends with them."""
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    partials = [call if isinstance(call, functools.partial) else functools.partial(call) for call in calls]
    with tempfile.TemporaryDirectory() as folder:
        streams = [str(Path(folder, name)) for name in ("out", "err")]
        asked = {
            "calls": [(call.func.__module__, call.func.__name__, call.args) for call in partials],
            "cwd": str(cwd or Path.cwd()), "environment": dict(os.environ), "streams": streams,
        }  # fmt: skip
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        out, err = (Path(path).read_text(encoding="utf-8", errors="replace") for path in streams)
    return subprocess.CompletedProcess(asked["calls"], code, out, err)


@functools.cache
def _server() -> subprocess.Popen[str]:
    """Start the process that forks; it ends with this one."""
    server = subprocess.Popen(
        [sys.executable, "-c", "import commands; commands._serve()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parent,
    )  # fmt: skip
    atexit.register(server.communicate)
    return server


def _serve() -> None:
    for module in ("cli.history", "cli.lookup", "cli.main", "cli.studies", "report.figures", "studies.run", "api"):
        importlib.import_module(f"stability_sim.{module}")
    from stability_sim.ensemble.run import run
    from stability_sim.scenario import load, resolve
    from stability_sim.scenario.load import shipped

    sys.path[0] = str(Path(__file__).parent)
    run(resolve(load(shipped()["four-rivers"]).scenario), replicates=1, workers=1)
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            _become(json.loads(line))
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])}\n")
        sys.stdout.flush()


def _become(asked: dict[str, Any]) -> None:
    """Make the calls that are asked for, as if this process had been started for them, and end."""
    code: object = 1
    try:
        os.environ.clear()
        os.environ.update(asked["environment"])
        for stream, path in enumerate([os.devnull, *asked["streams"]]):
            os.dup2(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), stream)
        os.chdir(asked["cwd"])
        for module, name, arguments in asked["calls"]:
            getattr(importlib.import_module(module), name)(*arguments)
        code = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def give(*words: str) -> None:
    """Run a command in this process, which ends with it."""
    from stability_sim.__main__ import main

    sys.argv = ["stability-sim", *words]
    main()
