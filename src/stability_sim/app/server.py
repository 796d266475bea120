"""What the page asks of this machine, and what it is answered."""

from __future__ import annotations

import html
import json
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from stability_sim.app.export import export
from stability_sim.app.guard import HEADERS, Guard
from stability_sim.app.jobs import Desk, Job, Side
from stability_sim.app.shelf import Shelf
from stability_sim.app.sweep import sweep
from stability_sim.report.bundle import to_json
from stability_sim.report.bundle.single import logged
from stability_sim.report.page import BROKEN, asset, policy
from stability_sim.scenario import InvalidScenario

MOST_BYTES = 200_000
MOST_REPLICATES = 5000
Answer = Callable[[Request], Awaitable[Response]]


class _Side(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    variant: str | None = None
    edits: dict[str, float | str] = Field(default_factory=dict, max_length=200)
    month: int = Field(0, ge=0, le=1200)
    name: str = Field("", max_length=80)


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    scenario: str
    a: _Side
    b: _Side | None = None
    replicates: int = Field(200, ge=1, le=MOST_REPLICATES)
    seed: int = Field(1, ge=0, le=4_294_967_295)


def _json(told: Any, status: int = 200) -> Response:  # noqa: ANN401 - whatever JSON holds
    return Response(json.dumps(told, ensure_ascii=False), status, dict(HEADERS), "application/json")


def _guarded(answer: Answer) -> Answer:
    """Turn what a page can do wrong into a message."""

    async def safe(request: Request) -> Response:
        try:
            return await answer(request)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            return _json({"error": f"{'.'.join(map(str, first['loc']))}: {first['msg']}"}, 400)
        except (ValueError, InvalidScenario) as error:
            return _json({"error": str(error)}, 400)
        except KeyError as error:
            return _json({"error": f"there is no {error.args[0]!r} here (any more)"}, 404)

    return safe


class _Sweep(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    scenario: str
    side: _Side
    path: str = Field(max_length=300)
    outcome: str = Field(max_length=60)
    replicates: int = Field(200, ge=1, le=MOST_REPLICATES)
    seed: int = Field(1, ge=0, le=4_294_967_295)


class _Page:
    """The answers, over one shelf of scenarios and one desk of jobs."""

    def __init__(self, shelf: Shelf, token: str) -> None:
        self.shelf, self.token, self.desk = shelf, token, Desk()

    async def index(self, request: Request) -> Response:
        script, styles = asset("app.js"), asset("page.css") + asset("app.css")
        told = {"token": self.token, "library": await run_in_threadpool(self.shelf.cards), "first": self.shelf.first}
        text = (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>stability-sim</title>\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
            f"<style>{styles}</style>\n</head>\n<body>\n"
            f'<div id="page"><noscript>{html.escape(BROKEN)}</noscript></div>\n'
            f'<script type="application/json" id="told">{to_json(told)}</script>\n<script>{script}</script>\n</body>\n</html>\n'
        )
        extra = "; connect-src 'self'; frame-ancestors 'none'"
        return HTMLResponse(text, headers=dict(HEADERS) | {"content-security-policy": policy([script], [styles], extra)})

    async def scenario(self, request: Request) -> Response:
        return _json(await run_in_threadpool(self.shelf.desk, request.path_params["name"]))

    async def run(self, request: Request) -> Response:
        body = await request.body()
        if len(body) > MOST_BYTES:
            return _json({"error": "the request is too large"}, 413)
        asked = _Request.model_validate_json(body)
        scenario = await run_in_threadpool(self.shelf.resolved, asked.scenario)
        sides = [Side(one.variant, one.edits, one.month, one.name) for one in (asked.a, asked.b) if one is not None]
        job = await run_in_threadpool(self.desk.start, scenario, sides, asked.replicates, asked.seed)
        return _json({"job": job.key})

    async def sweep(self, request: Request) -> Response:
        body = await request.body()
        if len(body) > MOST_BYTES:
            return _json({"error": "the request is too large"}, 413)
        asked = _Sweep.model_validate_json(body)
        scenario = await run_in_threadpool(self.shelf.resolved, asked.scenario)
        side = Side(asked.side.variant, asked.side.edits, asked.side.month)
        told = (scenario, side, asked.path, asked.outcome, asked.replicates, asked.seed)
        return _json(await run_in_threadpool(sweep, self.desk, *told))

    def _job(self, request: Request) -> Job:
        return self.desk.find(request.path_params["key"])

    async def progress(self, request: Request) -> Response:
        job = self._job(request)
        return _json({"state": job.state, "done": job.done, "total": job.total, "error": job.error, "phase": self.desk.phase})

    async def cancel(self, request: Request) -> Response:
        self._job(request).stop.set()
        return _json({"state": "cancelling"})

    def _finished(self, request: Request) -> Job:
        job = self._job(request)
        if job.state != "done":
            raise ValueError("the run is not done")
        return job

    async def bundle(self, request: Request) -> Response:
        job = self._finished(request)
        text = await run_in_threadpool(json.dumps, job.bundle, ensure_ascii=False, separators=(",", ":"))
        return Response(text, 200, dict(HEADERS), "application/json")

    async def log(self, request: Request) -> Response:
        job, replicate = self._finished(request), int(request.path_params["replicate"])
        if replicate not in job.runs[0].results.coords["replicate"]:
            raise ValueError(f"there is no run {replicate}: they go from 0 to {job.replicates - 1}")
        return _json({"events": [await run_in_threadpool(logged, run.results, replicate) for run in job.runs]})

    async def export(self, request: Request) -> Response:
        content, kind, name = await run_in_threadpool(export, self._finished(request), request.path_params["kind"])
        return Response(content, 200, dict(HEADERS) | {"content-disposition": f'attachment; filename="{name}"'}, kind)


def application(shelf: Shelf, token: str, port: int) -> ASGIApp:
    """Return the web application: every request needs the token and must come from this machine's own page.

    Parameters
    ----------
    shelf : Shelf
        The scenarios on offer.
    token : str
        Secret of this process.
    port : int
        Port at which it listens, for the check of host and origin.
    """
    page = _Page(shelf, token)
    routes: list[tuple[str, Answer, str]] = [
        ("/", page.index, "GET"), ("/api/scenario/{name}", page.scenario, "GET"), ("/api/run", page.run, "POST"), ("/api/sweep", page.sweep, "POST"),
        ("/api/job/{key}", page.progress, "GET"), ("/api/job/{key}/cancel", page.cancel, "POST"),
        ("/api/job/{key}/bundle", page.bundle, "GET"), ("/api/job/{key}/log/{replicate:int}", page.log, "GET"),
        ("/api/job/{key}/export/{kind}", page.export, "GET"),
    ]  # fmt: skip
    inner = Starlette(routes=[Route(path, _guarded(answer), methods=[method]) for path, answer, method in routes])
    inner.state.desk = page.desk
    guard = Guard(inner, token, port)
    return guard


__all__ = ["application"]
