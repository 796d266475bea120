"""The web server of the page: its routes, its exports, and the check of who may use it."""

from __future__ import annotations

import contextlib
import hmac
import io
import json
import secrets
import socket
import tempfile
import threading
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from stability_sim.app.jobs import Job, JobQueue, Side, sweep
from stability_sim.app.library import Library
from stability_sim.lesson import lessons, pack
from stability_sim.report.page.bundle import logged
from stability_sim.report.page.html import asset, html_page, policy, render
from stability_sim.scenario import InvalidScenario, dump
from stability_sim.scenario.load import shipped

KINDS = ("report", "yaml", "figures", "gif", "lesson")  # of exports
MOST_BYTES = 200_000
MOST_REPLICATES = 5000
LOOPBACK = "127.0.0.1"
TOKEN_HEADER = "x-stability-sim-token"  # noqa: S105 - the name of a header
HEADERS = (
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
)
Answer = Callable[[Request], Awaitable[Response]]


def _drawn(job: Job, kinds: list[str]) -> dict[str, bytes]:
    from stability_sim.report.figures import draw_all

    drawn: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        for letter, run in zip("AB", job.runs, strict=False):
            target = Path(folder) / letter
            for path in draw_all(run.results, target, kinds, ["png", "svg"], None):
                drawn[f"{letter}/{path.name}"] = path.read_bytes()
    return drawn


def _zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def export(job: Job, kind: str) -> tuple[bytes, str, str]:
    """Return a file of a finished job: content, media type, name. ValueError if there is no such kind."""
    stem = job.runs[0].scenario.scenario
    if kind == "report":
        return html_page(job.bundle).encode(), "text/html; charset=utf-8", f"{stem}.html"
    if kind == "yaml":
        return dump(job.runs[-1].scenario).encode(), "application/yaml; charset=utf-8", f"{stem}-{'ab'[len(job.runs) - 1]}.yaml"
    if kind == "figures":
        kinds = ["map", "months", "fan", "cascade", "network", "carpet", "channels"]
        return _zipped(_drawn(job, kinds)), "application/zip", f"{stem}-figures.zip"
    if kind == "gif":
        drawn = _drawn(job, ["animation"])
        if len(drawn) == 1:
            return next(iter(drawn.values())), "image/gif", f"{stem}.gif"
        return _zipped(drawn), "application/zip", f"{stem}-animation.zip"
    if kind == "lesson":
        if stem not in lessons() or stem not in shipped():
            raise ValueError(f"there is no lesson about {stem}; there are {', '.join(lessons())}")
        files = {f"lesson-{stem}/{name}": text.encode() for name, text in pack(stem).items()}
        return _zipped(files), "application/zip", f"lesson-{stem}.zip"
    raise ValueError(f"there is no export {kind!r}; there are {', '.join(KINDS)}")


class Guard:
    """Turns away every request with a foreign host or origin, or without the token.

    A page elsewhere can make a browser send requests to this machine; it can neither know the token nor hide its origin.
    """

    def __init__(self, inner: ASGIApp, token: str, port: int) -> None:
        self.inner, self.token = inner, token
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self.origins = {f"http://{host}" for host in self.hosts}

    def _refusal(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        if headers.get("host") not in self.hosts:
            return "foreign host"
        origin = headers.get("origin")
        if origin is not None and origin not in self.origins:
            return "foreign origin"
        token = headers.get(TOKEN_HEADER) or parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            return "no valid token: open the address that the program printed"
        return ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 403."""
        if scope["type"] == "lifespan":
            await self.inner(scope, receive, send)
            return
        refusal = self._refusal(scope) if scope["type"] == "http" else "no such protocol"
        if refusal and scope["type"] == "http":
            await PlainTextResponse(f"403: {refusal}\n", status_code=403, headers=dict(HEADERS))(scope, receive, send)
        elif not refusal:
            await self.inner(scope, receive, send)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Side(_Strict):
    variant: str | None = None
    edits: dict[str, float | str] = Field(default_factory=dict, max_length=200)
    month: int = Field(0, ge=0, le=1200)
    name: str = Field("", max_length=80)


class _OfScenario(_Strict):
    scenario: str
    replicates: int = Field(200, ge=1, le=MOST_REPLICATES)
    seed: int = Field(1, ge=0, le=4_294_967_295)


class _Request(_OfScenario):
    a: _Side
    b: _Side | None = None


class _Sweep(_OfScenario):
    side: _Side
    path: str = Field(max_length=300)
    outcome: str = Field(max_length=60)


def _json(content: object, status: int = 200) -> Response:
    return Response(json.dumps(content, ensure_ascii=False), status, dict(HEADERS), "application/json")


def _guarded(answer: Answer) -> Answer:
    """Return a handler that answers errors of a request with a message and a status of 400 or 404."""

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


class _Page:
    """The handlers of all routes, with one library of scenarios and one queue of jobs."""

    def __init__(self, library: Library, token: str) -> None:
        self.library, self.token, self.jobs = library, token, JobQueue()

    async def index(self, request: Request) -> Response:
        script, styles = asset("app.js"), asset("page.css") + asset("app.css")
        data = {"token": self.token, "library": await run_in_threadpool(self.library.cards), "first": self.library.first}
        values = {"style": styles, "script": script, "data": data, "data_id": "page-data"}
        text = render("app/index.html.j2", title="stability-sim", policy="", **values)
        extra = "; connect-src 'self'; frame-ancestors 'none'"
        return HTMLResponse(text, headers=dict(HEADERS) | {"content-security-policy": policy([script], [styles], extra)})

    async def scenario(self, request: Request) -> Response:
        return _json(await run_in_threadpool(self.library.describe, request.path_params["name"]))

    async def run(self, request: Request) -> Response:
        body = await request.body()
        if len(body) > MOST_BYTES:
            return _json({"error": "the request is too large"}, 413)
        payload = _Request.model_validate_json(body)
        scenario = await run_in_threadpool(self.library.resolved, payload.scenario)
        sides = [Side(side.variant, side.edits, side.month, side.name) for side in (payload.a, payload.b) if side is not None]
        job = await run_in_threadpool(self.jobs.start, scenario, sides, payload.replicates, payload.seed)
        return _json({"job": job.key})

    async def sweep(self, request: Request) -> Response:
        body = await request.body()
        if len(body) > MOST_BYTES:
            return _json({"error": "the request is too large"}, 413)
        payload = _Sweep.model_validate_json(body)
        scenario = await run_in_threadpool(self.library.resolved, payload.scenario)
        side = Side(payload.side.variant, payload.side.edits, payload.side.month)
        design = (scenario, side, payload.path, payload.outcome, payload.replicates, payload.seed)
        return _json(await run_in_threadpool(sweep, self.jobs, *design))

    def _job(self, request: Request) -> Job:
        return self.jobs.find(request.path_params["key"])

    async def progress(self, request: Request) -> Response:
        job = self._job(request)
        return _json({"state": job.state, "done": job.done, "total": job.total, "error": job.error, "phase": self.jobs.phase})

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


def application(library: Library, token: str, port: int) -> ASGIApp:
    """Return the web application: every request needs the token and must come from this machine's own page.

    Parameters
    ----------
    library : Library
        The scenarios on offer.
    token : str
        Secret of this process.
    port : int
        Port at which it listens, for the check of host and origin.
    """
    page = _Page(library, token)
    routes: list[tuple[str, Answer, str]] = [
        ("/", page.index, "GET"), ("/api/scenario/{name}", page.scenario, "GET"), ("/api/run", page.run, "POST"), ("/api/sweep", page.sweep, "POST"),
        ("/api/job/{key}", page.progress, "GET"), ("/api/job/{key}/cancel", page.cancel, "POST"),
        ("/api/job/{key}/bundle", page.bundle, "GET"), ("/api/job/{key}/log/{replicate:int}", page.log, "GET"),
        ("/api/job/{key}/export/{kind}", page.export, "GET"),
    ]  # fmt: skip
    inner = Starlette(routes=[Route(path, _guarded(answer), methods=[method]) for path, answer, method in routes])
    inner.state.jobs = page.jobs
    return Guard(inner, token, port)


def _warm(app: object) -> None:
    inner = getattr(app, "inner", None)
    if inner is not None:
        threading.Thread(target=inner.state.jobs.warm, daemon=True).start()


def serve(files: Sequence[str], port: int, tell: Callable[[str], None], *, browser: bool = True) -> None:
    """Serve the page until interrupted.

    Parameters
    ----------
    files : sequence of str
        Scenario files besides those that ship; InvalidScenario or FileNotFoundError before anything starts.
    port : int
        0 takes a free one.
    tell : callable
        Called with the address, once it answers.
    browser : bool
        Whether to open the address in a browser.
    """
    import uvicorn

    library, token = Library(files), secrets.token_urlsafe(24)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(64)  # requests before the server is up wait in the backlog
        port = listener.getsockname()[1]
        app = application(library, token, port)
        address = f"http://{LOOPBACK}:{port}/?token={token}"
        config = uvicorn.Config(app, log_level="error", access_log=False, server_header=False, lifespan="off")
        server = uvicorn.Server(config)
        _warm(app)
        tell(address)
        if browser:
            import webbrowser

            threading.Timer(0.4, webbrowser.open, (address,)).start()
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
