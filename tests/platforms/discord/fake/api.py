"""The REST API over HTTP: https://discord.com/developers/docs/reference ."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.platforms.discord.fake import (
    account,
    answering,
    commands,
    editing,
    events,
    guilds,
    messages,
    threads,
)
from tests.platforms.discord.fake.call import Call, read
from tests.platforms.discord.fake.errors import DiscordError, Json
from tests.platforms.discord.fake.failures import Failure
from tests.platforms.discord.fake.state import Request, State

Handler = Callable[[Call], Any]
HANDLERS: dict[str, Handler] = {
    **account.ROUTES,
    **answering.ROUTES,
    **commands.ROUTES,
    **editing.ROUTES,
    **events.ROUTES,
    **guilds.ROUTES,
    **messages.ROUTES,
    **threads.ROUTES,
}
CREATED = frozenset({*threads.CREATING, "POST /guilds/{guild}/channels"})
"""Routes that answer 201."""
VIA = {"Via": "1.1 google"}
"""discord.py takes a 429 without it for a ban by the network in front of the API."""


def _pattern(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route))


_ROUTES = [
    (one.split(" ")[0], one.split(" ")[1], _pattern(one.split(" ")[1]), handler)
    for one, handler in sorted(HANDLERS.items(), key=lambda pair: pair[0].count("{"))
]


class Api:
    """Answers /api/v10/..."""

    def __init__(self, state: State) -> None:
        self.state = state

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method, path = request.method, "/" + request.match_info["path"]
        route, names, handler = self._find(method, path)
        name = f"{method} {route}"
        self.state.calls[name] += 1
        self.state.changed()
        failure = self.state.failures.next(method, route, path) or Failure()
        call = Call(self.state, method, route, path, names, dict(request.query))
        call.reason = request.headers.get("X-Audit-Log-Reason", "")
        try:
            call.body, call.uploads = await read(request)
        except DiscordError as error:
            return self._refused(call, error, {})
        await failure.wait()
        if failure.drop_connection_before:
            return self._hang_up(request, call)
        if failure.retry_after or failure.status or failure.code:
            return self._failed(call, failure)
        return self._answer(request, call, handler, failure)

    def _find(self, method: str, path: str) -> tuple[str, dict[str, str], Handler | None]:
        for verb, route, pattern, handler in _ROUTES:
            found = pattern.fullmatch(path)
            if found and verb == method:
                return route, found.groupdict(), handler
        return path, {}, None

    def _answer(
        self, request: web.Request, call: Call, handler: Handler | None, failure: Failure
    ) -> web.StreamResponse:
        name = f"{call.method} {call.route}"
        if handler is None:
            self.state.fault(f"{name}: no such route, or not known to the fake")
            return self._refused(call, DiscordError(0, status=404), {})
        if "{token}" not in call.route and not self._known(request):
            return self._refused(call, DiscordError(0), {})
        verdict = self.state.limits.judge(name, call.major)
        if verdict.retry_after:
            return self._too_fast(call, verdict.retry_after, verdict.scope, verdict.headers)
        try:
            answer = handler(call)
        except DiscordError as error:
            return self._refused(call, error, verdict.headers)
        status = 204 if answer is None else 201 if name in CREATED else 200
        self._note(call, status, answer)
        if failure.drop_connection_after:
            return self._hang_up(request, call, noted=True)
        if answer is None:
            return web.Response(status=204, headers=verdict.headers | VIA)
        return _json(answer, status, verdict.headers)

    def _known(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bot {self.state.app.token}"

    def _refused(self, call: Call, error: DiscordError, headers: dict[str, str]) -> web.Response:
        self._note(call, error.status, error.body())
        return _json(error.body(), error.status, headers)

    def _failed(self, call: Call, failure: Failure) -> web.Response:
        """What a test has asked for; an error without a code comes from before the API."""
        if failure.retry_after:
            whole = str(math.ceil(failure.retry_after))
            headers = {"X-RateLimit-Scope": failure.scope, "Retry-After": whole}
            return self._too_fast(call, failure.retry_after, failure.scope, headers)
        if failure.code:
            return self._refused(call, DiscordError(failure.code, status=failure.status), {})
        self._note(call, failure.status, None)
        return web.Response(status=failure.status, text="upstream unavailable")

    def _too_fast(
        self, call: Call, seconds: float, scope: str, headers: dict[str, str]
    ) -> web.Response:
        """https://discord.com/developers/docs/topics/rate-limits#exceeding-a-rate-limit"""
        who = "The resource is" if scope == "shared" else "You are"
        body: Json = {
            "message": f"{who} being rate limited.",
            "retry_after": round(seconds, 3),
            "global": scope == "global",
        }
        self._note(call, 429, body, shared=scope == "shared")
        return _json(body, 429, headers)

    def _hang_up(
        self, request: web.Request, call: Call, *, noted: bool = False
    ) -> web.StreamResponse:
        if not noted:
            self._note(call, None, None)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _note(self, call: Call, status: int | None, answer: Any, *, shared: bool = False) -> None:
        made = Request(
            call.method, call.route, call.path, call.body, status, answer, call.reason, shared
        )
        self.state.requests.append(made)
        self.state.changed()


def _json(body: Any, status: int, headers: dict[str, str]) -> web.Response:
    """discord.py takes a body for JSON only if its type says exactly so, with no charset."""
    kind = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=headers | VIA | kind)
