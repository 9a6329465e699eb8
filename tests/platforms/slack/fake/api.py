"""The Web API over HTTP: https://docs.slack.dev/apis/web-api ."""

import json
from collections.abc import Callable

from aiohttp import web

from tests.platforms.slack.fake import (
    chat,
    conversations,
    history,
    oauth,
    people_methods,
    views,
)
from tests.platforms.slack.fake.arguments import Arguments
from tests.platforms.slack.fake.documented import METHODS
from tests.platforms.slack.fake.errors import Json, SlackError
from tests.platforms.slack.fake.failures import Failure
from tests.platforms.slack.fake.scopes import need
from tests.platforms.slack.fake.state import Request, State
from tests.platforms.slack.fake.workspace import Workspace

Handler = Callable[[State, Workspace, Arguments], Json]

HANDLERS: dict[str, Handler] = {
    "apps.uninstall": people_methods.apps_uninstall,
    "auth.revoke": people_methods.auth_revoke,
    "auth.test": people_methods.auth_test,
    "bots.info": people_methods.bots_info,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.archive": conversations.archive,
    "conversations.create": conversations.create,
    "conversations.history": history.history,
    "conversations.info": conversations.info,
    "conversations.invite": conversations.invite,
    "conversations.join": conversations.join,
    "conversations.list": conversations.list_,
    "conversations.members": conversations.members,
    "conversations.open": conversations.open_,
    "conversations.replies": history.replies,
    "conversations.setPurpose": conversations.set_purpose,
    "conversations.setTopic": conversations.set_topic,
    "pins.add": chat.pin,
    "pins.remove": chat.unpin,
    "team.info": people_methods.team_info,
    "users.conversations": conversations.of_user,
    "users.info": people_methods.users_info,
    "users.list": people_methods.users_list,
    "users.lookupByEmail": people_methods.lookup_by_email,
    "views.open": views.open_,
    "views.publish": views.publish,
    "views.push": views.push,
    "views.update": views.update,
}

EVERYWHERE = frozenset({"team_id"})
"""Bolt's client for listeners adds it to every call, for apps installed in a whole organization."""

NOT_NAMED = {"channel": "channel_not_found"}
"""What a missing argument is called where it is not `invalid_arguments`."""


class Api:
    """Answers /api/METHOD."""

    def __init__(self, state: State, link: Callable[[], str]) -> None:
        self.state = state
        self._link = link  # the address of a new Socket Mode connection

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.state.calls[method] += 1
        self.state.changed()
        failure = self.state.failures.next(method) or Failure()
        await failure.wait()
        if failure.drop_connection_before:
            return self._hang_up(request, method)
        if failure.http_status:
            self._note(method, {}, None, "")
            return web.Response(status=failure.http_status, text="upstream unavailable")
        if failure.retry_after:
            return self._too_fast(method, failure.retry_after)
        return await self._answer(request, method, failure)

    async def _answer(
        self, request: web.Request, method: str, failure: Failure
    ) -> web.StreamResponse:
        header = request.headers.get("Authorization", "")
        headers = {"x-slack-req-id": self.state.ids.next("r").lower()}
        workspace: Workspace | None = None
        args = Arguments({})
        try:
            if failure.error:
                raise SlackError(failure.error)
            if method not in METHODS:
                self.state.fault(f"{method}: no such method, or not known to the fake")
                raise SlackError("unknown_method", req_method=method)
            args, token = await self._arguments(request, header)
            workspace = self._allowed(method, token)
            if workspace is not None:
                headers["x-oauth-scopes"] = ",".join(workspace.scopes)
                headers["x-accepted-oauth-scopes"] = METHODS[method].scope
            wait = self.state.limits.refuse(
                workspace.id if workspace else "", method, args.text("channel")
            )
            if wait:
                return self._too_fast(method, wait)
            body: Json = {"ok": True} | self._call(method, workspace, args, header)
        except SlackError as error:
            body = error.body()
        self._note(method, args.raw, body, workspace.id if workspace else "")
        if failure.drop_connection_after:
            return self._hang_up(request, method, noted=True)
        return web.json_response(body, headers=headers)

    async def _arguments(self, request: web.Request, header: str) -> tuple[Arguments, str]:
        """What was sent, and the token; a token within JSON does not count."""
        raw: Json = dict(request.query)
        kind = request.content_type
        if request.can_read_body and kind == "application/json":
            try:
                given = json.loads(await request.text() or "{}")
            except ValueError:
                raise SlackError("invalid_json") from None
            if not isinstance(given, dict):
                raise SlackError("json_not_object")
            if "token" in given:
                self.state.fault("a token within a JSON body is ignored by Slack")
                given.pop("token")
            raw |= given
        elif request.can_read_body:
            raw |= {name: str(value) for name, value in (await request.post()).items()}
        token = str(raw.pop("token", ""))
        if header.startswith("Bearer "):
            token = header.removeprefix("Bearer ")
        return Arguments(raw), token

    def _allowed(self, method: str, token: str) -> Workspace | None:
        asked = METHODS[method]
        if asked.token == "none":
            return None
        if not token:
            raise SlackError("not_authed")
        if asked.token == "app":
            if token.startswith("xoxb-"):
                raise SlackError("not_allowed_token_type")
            if token in self.state.revoked:
                raise SlackError(self.state.revoked[token])
            if token != self.state.app.app_token:
                raise SlackError("invalid_auth")
            return None
        if token.startswith("xapp-"):
            raise SlackError("not_allowed_token_type")
        workspace = self.state.installation(token)
        if asked.scope:
            need(workspace, asked.scope)
        return workspace

    def _call(self, method: str, workspace: Workspace | None, args: Arguments, header: str) -> Json:
        asked = METHODS[method]
        for name in args.raw:
            if name not in asked.arguments and name not in EVERYWHERE:
                self.state.fault(f"{method}: undocumented argument {name}")
        for name in sorted(asked.required):
            if name not in args:
                if name in NOT_NAMED:
                    raise SlackError(NOT_NAMED[name])
                words = f"[ERROR] missing required field: {name}"
                raise SlackError("invalid_arguments", [words])
        if method == "apps.connections.open":
            return {"url": self._link()}
        if method == "oauth.v2.access":
            return oauth.access(self.state, args, header)
        if method == "api.test":
            return {"args": args.raw}
        assert workspace is not None
        return HANDLERS[method](self.state, workspace, args)

    def _too_fast(self, method: str, seconds: int) -> web.Response:
        """https://docs.slack.dev/apis/web-api/rate-limits"""
        body = {"ok": False, "error": "ratelimited"}
        self._note(method, {}, body, "")
        return web.json_response(body, status=429, headers={"Retry-After": str(seconds)})

    def _hang_up(
        self, request: web.Request, method: str, *, noted: bool = False
    ) -> web.StreamResponse:
        if not noted:
            self._note(method, {}, None, "")
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _note(self, method: str, arguments: Json, answer: Json | None, workspace: str) -> None:
        self.state.requests.append(Request(method, arguments, answer, workspace))
        self.state.changed()
