"""Who may talk to the page's server at all: this machine's own browser, on this very page.

The server listens on loopback, but any web page could point a name of its own at loopback (DNS
rebinding) or post to it from afar. So the Host must be a loopback name, whoever changes something
must come from our own origin, and our page loads nothing from anywhere else.
"""

import secrets
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from storage.database import StoreError

log = structlog.get_logger("local")

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Problem(Exception):
    """The page cannot have what it asked for; the text says why, for the person."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn strangers away, and everything that goes wrong into words."""
    try:
        _check_host(request)
        if request.method not in ("GET", "HEAD"):
            _check_origin(request)
        return await handler(request)
    except Problem as problem:
        return _refuse(request, problem.status, problem.text)
    except StoreError as error:
        return _refuse(request, 503, f"I could not do that: {error}. Please try again in a minute.")
    except web.HTTPException:
        raise
    except Exception:
        reference = f"error {secrets.token_hex(3)}"
        log.exception("request failed", path=request.path, reference=reference)
        return _refuse(
            request,
            500,
            "Something went wrong on our side. Please try again; if it stays so, look for this "
            f"reference in the log: {reference}.",
        )


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Send the rules for the browser with every answer."""
    response.headers.update(HEADERS)
    kept = "no-cache" if request.path.startswith("/page/") else "no-store"
    response.headers.setdefault("Cache-Control", kept)


def _check_host(request: web.Request) -> None:
    try:
        name = urlsplit(f"//{request.host}").hostname
    except ValueError:
        name = None
    if name not in LOOPBACK:
        raise Problem(403, "This page is only for this machine. Open it as http://127.0.0.1.")


def _check_origin(request: web.Request) -> None:
    origin = urlsplit(request.headers.get("Origin", ""))
    if not origin.netloc or origin.netloc != request.host:
        raise Problem(403, "This came from another page, so nothing was done.")
    if request.content_type != "application/json":
        raise Problem(415, "This is not what the page sends, so nothing was done.")


def _refuse(request: web.Request, status: int, text: str) -> web.Response:
    if request.path.startswith("/api/"):
        return web.json_response({"problem": text}, status=status)
    return web.Response(text=text, status=status)
