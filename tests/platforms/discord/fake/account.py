"""The app itself, users, and direct messages.

https://discord.com/developers/docs/resources/user
https://discord.com/developers/docs/resources/application
"""

from typing import Any

from tests.platforms.discord.fake import rules
from tests.platforms.discord.fake.call import Call
from tests.platforms.discord.fake.errors import DiscordError, Json
from tests.platforms.discord.fake.guild import Guild
from tests.platforms.discord.fake.state import State


def me(call: Call) -> Json:
    state = call.state
    return state.me.document() | {
        "verified": True,
        "mfa_enabled": True,
        "locale": "en-US",
        "email": None,
        "flags": 0,
    }


def application(call: Call) -> Json:
    """https://discord.com/developers/docs/resources/application#application-object"""
    state = call.state
    return {
        "id": str(state.application_id),
        "name": state.app.name,
        "icon": None,
        "description": "",
        "summary": "",
        "rpc_origins": [],
        "bot_public": state.app.public,
        "bot_require_code_grant": False,
        "bot": state.me.document(),
        "owner": state.owner.document(),
        "verify_key": "0" * 64,
        "team": None,
        "flags": state.app.flags,
        "approximate_guild_count": len(state.guilds),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "integration_types_config": {"0": {}},
        "tags": [],
    }


def user(call: Call) -> Json:
    found = call.state.users.get(call.id("user"))
    if found is None:
        raise DiscordError(10013)
    return found.document()


def my_guilds(call: Call) -> list[Json]:
    state = call.state
    limit = call.number("limit", 200, 200)
    found = sorted(state.guilds.values(), key=lambda one: one.id)
    after = call.snowflake("after")
    before = call.snowflake("before")
    found = [one for one in found if after is None or one.id > after]
    found = [one for one in found if before is None or one.id < before]
    return [
        {
            "id": str(one.id),
            "name": one.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(int(one.permissions(state.me.id))),
            "features": ["COMMUNITY"],
        }
        for one in found[:limit]
    ]


def leave_guild(call: Call) -> None:
    left(call.state, call.state.guild(call.id("guild")))


def left(state: State, guild: Guild) -> None:
    """The app is no longer in a server, whoever wanted that."""
    del state.guilds[guild.id]
    state.emit("GUILD_DELETE", {"id": str(guild.id)}, 1 << 0, guild.id)


def open_direct(call: Call) -> Json:
    """https://discord.com/developers/docs/resources/user#create-dm

    A channel that is open already is returned at no cost; a new one is refused when the app opens
    too many (403, as in https://github.com/davidhozic/discord-advertisement-framework/issues/82).
    Whether the person accepts messages shows only when one is sent.
    """
    state = call.state
    given = call.checked(rules.shape({"recipient_id": rules.snowflake}))
    to = state.users.get(int(given["recipient_id"]))
    if to is None or to is state.me:
        raise DiscordError(50033)
    if to.id not in state.directs:
        if state.doors.quarantined:
            raise DiscordError(20026)
        if state.doors.opening_too_fast or state.doors.most_new == 0:
            raise DiscordError(40003)
        if state.doors.most_new is not None:
            state.doors.most_new -= 1
    return state.direct(to).document()


def gateway(call: Call) -> Json:
    return {"url": call.state.base.replace("http", "ws", 1) + "/"}


def gateway_bot(call: Call) -> Json:
    """https://discord.com/developers/docs/events/gateway#get-gateway-bot"""
    limit: dict[str, Any] = {
        "total": 1000,
        "remaining": 999,
        "reset_after": 14_400_000,
        "max_concurrency": 1,
    }
    return gateway(call) | {"shards": 1, "session_start_limit": limit}


ROUTES = {
    "GET /users/@me": me,
    "GET /users/@me/guilds": my_guilds,
    "DELETE /users/@me/guilds/{guild}": leave_guild,
    "POST /users/@me/channels": open_direct,
    "GET /users/{user}": user,
    "GET /oauth2/applications/@me": application,
    "GET /applications/@me": application,
    "GET /gateway": gateway,
    "GET /gateway/bot": gateway_bot,
}
