"""The app as a process, asked from outside."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from waiting import until

TOKEN = "X-Stability-Sim-Token"


class App:
    """A running app: what it answers, and what it said when it was ended."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process, self.address = process, address
        self.said = ""

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        parts = urlsplit(self.address)
        headers = {TOKEN: parts.query.removeprefix("token=")}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://{parts.netloc}{path}", data, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def run(self, scenario: str, replicates: int) -> dict[str, Any]:
        """Have a scenario run, wait for it, and return its bundle."""
        asked = {"scenario": scenario, "a": {}, "replicates": replicates, "seed": 1}
        key = self.ask("/api/run", asked)["job"]
        until(lambda: self.ask(f"/api/job/{key}")["state"] != "running")
        job = self.ask(f"/api/job/{key}")
        assert job["state"] == "done", job
        return self.ask(f"/api/job/{key}/bundle")


@contextlib.contextmanager
def app(cwd: Path, *files: str, options: tuple[str, ...] = (), **environment: str) -> Iterator[App]:
    """Start the app, and end it as Ctrl-C does."""
    # a shell that runs in the background ignores the signal for its children: set it back
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"sys.argv = ['stability-sim', 'app', '--no-browser', *{files!r}]\nfrom stability_sim.cli.main import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, *options, "-c", code], cwd=cwd, env={**os.environ, **environment}, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        running = App(process, process.stdout.readline().strip())
        try:
            yield running
            process.send_signal(signal.SIGINT)
            running.said = process.communicate(timeout=60)[1]
        finally:
            process.kill()
