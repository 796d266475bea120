"""Who may ask: only a page that this program opened, from this machine."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

TOKEN_HEADER = "x-stability-sim-token"  # noqa: S105 - the name of a header
HEADERS = (
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
)


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
        given = headers.get(TOKEN_HEADER) or parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if not hmac.compare_digest(given.encode(), self.token.encode()):
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
