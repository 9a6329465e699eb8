"""Interactions as the app receives them.

https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object
"""

from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.errors import Json
from tests.platforms.discord.fake.interaction import Interaction, Kind, owners
from tests.platforms.discord.fake.message import Message
from tests.platforms.discord.fake.permissions import DIRECT
from tests.platforms.discord.fake.state import State
from tests.platforms.discord.fake.users import User

LARGEST_FILE = 10 * 1024**2


def begin(
    state: State,
    kind: Kind,
    user: User,
    place: Channel,
    data: Json,
    *,
    message: Message | None = None,
    before: Interaction | None = None,
) -> Interaction:
    """Something that a person did, before the app is told."""
    number = state.ids.next()
    made = Interaction(
        number,
        f"aW50ZXJhY3Rpb246{number:x}",
        kind,
        user,
        place,
        state.clock(),
        data,
        message,
        before,
    )
    state.interactions[made.token] = made
    return made


def interaction(state: State, made: Interaction) -> Json:
    """The data of INTERACTION_CREATE."""
    place, user = made.channel, made.user
    body: Json = {
        "id": str(made.id),
        "application_id": str(state.application_id),
        "type": int(made.kind),
        "data": made.data,
        "token": made.token,
        "version": 1,
        "channel_id": str(place.id),
        "channel": place.document(state.me.id),
        "app_permissions": str(int(DIRECT)),
        "locale": user.locale,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": owners(made),
        "attachment_size_limit": LARGEST_FILE,
        "context": 1,
    }
    guild = place.guild
    if guild is None:
        body["user"] = user.document()
    else:
        member = guild.members[user.id].document()
        member["permissions"] = str(int(guild.permissions(user.id, place)))
        body |= {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": "en-US", "features": ["COMMUNITY"]},
            "guild_locale": "en-US",
            "member": member,
            "app_permissions": str(int(guild.permissions(state.me.id, place))),
            "context": 0,
        }
        body["channel"]["permissions"] = member["permissions"]
    if made.message is not None:
        body["message"] = made.message.document()
    return body
