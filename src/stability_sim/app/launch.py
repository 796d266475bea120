"""Start the page: a port of this machine alone, a secret address, the browser."""

from __future__ import annotations

import contextlib
import secrets
import socket
import threading
from collections.abc import Callable, Sequence

from stability_sim.app.server import application
from stability_sim.app.shelf import Shelf

LOOPBACK = "127.0.0.1"


def _warm(app: object) -> None:
    inner = getattr(app, "inner", None)
    if inner is not None:
        threading.Thread(target=inner.state.desk.warm, daemon=True).start()


def serve(files: Sequence[str], port: int, tell: Callable[[str], None], *, browser: bool = True) -> None:
    """Serve the page until interrupted.

    Parameters
    ----------
    files : sequence of str
        Scenario files besides those that ship; InvalidScenario or FileNotFoundError before anything starts.
    port : int
        0 takes a free one.
    tell : callable
        Given the address, once it answers.
    browser : bool
        Whether to open it.
    """
    import uvicorn

    shelf, token = Shelf(files), secrets.token_urlsafe(24)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((LOOPBACK, port))
        door.listen(64)  # who comes before the server is up waits, and is not turned away
        port = door.getsockname()[1]
        app = application(shelf, token, port)
        address = f"http://{LOOPBACK}:{port}/?token={token}"
        config = uvicorn.Config(app, log_level="error", access_log=False, server_header=False, lifespan="off")
        server = uvicorn.Server(config)
        _warm(app)
        tell(address)
        if browser:
            import webbrowser

            threading.Timer(0.4, webbrowser.open, (address,)).start()
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[door])
