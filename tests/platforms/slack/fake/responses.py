"""The addresses called `response_url`.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses : five uses within
30 minutes; ephemeral unless `response_type` says otherwise; from a button, `replace_original` and
`delete_original` change the message it was on. From a command there is no original to replace.
"""

import json

from aiohttp import web

from tests.platforms.slack.fake import chat
from tests.platforms.slack.fake.arguments import Arguments
from tests.platforms.slack.fake.errors import Json, SlackError
from tests.platforms.slack.fake.failures import Failure
from tests.platforms.slack.fake.state import RESPONSE_URL_USES, ResponseUrl, State
from tests.platforms.slack.fake.workspace import Message

KNOWN = {
    "attachments",
    "blocks",
    "delete_original",
    "link_names",
    "metadata",
    "mrkdwn",
    "parse",
    "replace_original",
    "response_type",
    "text",
    "thread_ts",
    "unfurl_links",
    "unfurl_media",
}


async def handle(state: State, request: web.Request) -> web.Response:
    """One use of a response_url."""
    failure = state.failures.next("response_url") or Failure()
    await failure.wait()
    if failure.drop_connection_before and request.transport is not None:
        request.transport.abort()
        return web.Response()
    if failure.http_status or failure.error:
        body = {"ok": False, "error": failure.error or "server_error"}
        return web.json_response(body, status=failure.http_status or 404)
    return await _use(state, request)


async def _use(state: State, request: web.Request) -> web.Response:
    url = state.response_urls.get(request.path)
    if url is None:
        return web.json_response({"ok": False, "error": "no_service"}, status=404)
    if state.clock() > url.expires:
        return web.json_response({"ok": False, "error": "expired_url"}, status=404)
    if url.uses >= RESPONSE_URL_USES:
        return web.json_response({"ok": False, "error": "used_url"}, status=404)
    try:
        body = json.loads(await request.text())
    except ValueError:
        return web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
    url.uses += 1
    try:
        answer(state, url, body)
    except SlackError as error:
        return web.json_response(error.body(), status=200 if error.error == "no_text" else 400)
    finally:
        state.changed()
    return web.json_response({"ok": True})


def answer(state: State, url: ResponseUrl, body: Json, where: str = "response_url") -> None:
    """Shows a message that answers an interaction; also that of an acknowledgement."""
    for name in body:
        if name not in KNOWN:
            state.fault(f"{where}: undocumented field {name}")
    args = Arguments(body)
    original = url.original
    if args.flag("delete_original"):
        if original is not None:
            original.deleted = True
        return
    said = chat.content(state, args, where)
    replace = args.flag("replace_original", original is not None and bool(original.to))
    if replace and original is not None:
        original.versions.append({"text": original.text, "blocks": original.blocks})
        original.text, original.blocks = said["text"], said["blocks"]
        original.attachments = said["attachments"]
        return
    if replace:
        state.fault(f"{where}: replace_original does nothing after a command or a shortcut")
    workspace = url.workspace
    channel = workspace.channels[url.channel]
    public = args.text("response_type") == "in_channel"
    message: Message = chat.from_bot(
        state,
        workspace,
        channel,
        **said,
        thread_ts=args.text("thread_ts"),
        to="" if public else url.user,
        arguments=body,
    )
    url.answers.append(message)
    if public:
        chat.keep(state, workspace, channel, message)
    else:
        workspace.ephemerals.append(message)
