"""What the body of a message may be.

https://discord.com/developers/docs/resources/message#create-message
https://discord.com/developers/docs/resources/message#embed-object-embed-limits
"""

from typing import Any

from tests.platforms.discord.fake import component_rules, rules
from tests.platforms.discord.fake.errors import Json
from tests.platforms.discord.fake.message import PLAIN, Flag
from tests.platforms.discord.fake.rules import Path, Report, Rule

MOST_CONTENT = 2000
MOST_EMBEDDED = 6000
_URL = rules.url("http", "https")
_PICTURE = rules.url("http", "https", "attachment")
_IMAGE = rules.shape(
    {},
    {
        "url": _PICTURE,
        "proxy_url": _PICTURE,
        "height": rules.anything,
        "width": rules.anything,
        "flags": rules.anything,
    },
)
_EMBED = rules.shape(
    {},
    {
        "type": rules.anything,
        "title": rules.text(256),
        "description": rules.text(4096),
        "url": _URL,
        "timestamp": rules.text(64),
        "color": rules.whole(0, 0xFFFFFF),
        "footer": rules.shape(
            {"text": rules.text(2048)}, {"icon_url": _PICTURE, "proxy_icon_url": _PICTURE}
        ),
        "image": _IMAGE,
        "thumbnail": _IMAGE,
        "author": rules.shape(
            {"name": rules.text(256)},
            {"url": _URL, "icon_url": _PICTURE, "proxy_icon_url": _PICTURE},
        ),
        "fields": rules.items(
            rules.shape(
                {"name": rules.text(256, 1), "value": rules.text(1024, 1)},
                {"inline": rules.flag},
            ),
            25,
        ),
        "provider": rules.anything,
        "video": rules.anything,
        "flags": rules.anything,
    },
)


def size(embed: Json) -> int:
    """The characters that count together."""
    parts = [embed.get("title"), embed.get("description")]
    parts.append((embed.get("footer") or {}).get("text"))
    parts.append((embed.get("author") or {}).get("name"))
    for one in embed.get("fields") or []:
        parts += [one.get("name"), one.get("value")]
    return sum(len(str(one)) for one in parts if one)


def embeds(report: Report, at: Path, value: Any) -> None:
    """At most ten, with 6,000 characters together."""
    rules.items(_EMBED, 10)(report, at, value)
    if not report.errors and sum(size(one) for one in value) > MOST_EMBEDDED:
        words = f"Embed size exceeds maximum size of {MOST_EMBEDDED}"
        report.add(at, "MAX_EMBED_SIZE_EXCEEDED", words)


def allowed_mentions(report: Report, at: Path, value: Any) -> None:
    """https://discord.com/developers/docs/resources/message#allowed-mentions-object"""
    _ALLOWED(report, at, value)
    for name in ("users", "roles"):
        if name in (value.get("parse") or []) and value.get(name):
            words = f'parse:["{name}"] and {name}: [ids...] are mutually exclusive.'
            report.add(at, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", words)


_ALLOWED = rules.shape(
    {},
    {
        "parse": rules.items(rules.one_of("roles", "users", "everyone"), 3),
        "roles": rules.items(rules.snowflake, 100),
        "users": rules.items(rules.snowflake, 100),
        "replied_user": rules.flag,
    },
)
ATTACHMENT = rules.shape(
    {"id": rules.anything},
    {
        "filename": rules.text(1024),
        "description": rules.text(1024),
        "title": rules.text(1024),
        "is_spoiler": rules.flag,
        # discord.py sends kept attachments back as it received them
        "size": rules.anything,
        "url": rules.anything,
        "proxy_url": rules.anything,
        "spoiler": rules.anything,
        "content_type": rules.anything,
    },
)
_COMMON: dict[str, Rule] = {
    "content": rules.text(MOST_CONTENT),
    "tts": rules.flag,
    "embeds": embeds,
    "allowed_mentions": allowed_mentions,
    "components": rules.anything,
    "attachments": rules.items(ATTACHMENT, 10),
    "flags": rules.whole(0, 2**31 - 1),
    "poll": rules.anything,
}
_REFERENCE = rules.shape(
    {},
    {
        "type": rules.one_of(0, 1),
        "message_id": rules.snowflake,
        "channel_id": rules.snowflake,
        "guild_id": rules.snowflake,
        "fail_if_not_exists": rules.flag,
    },
)


_SHORT = rules.text(25)


def _nonce(report: Report, at: Path, value: Any) -> None:
    _SHORT(report, at, str(value))


_BODIES = {
    "create": rules.shape(
        {},
        {
            **_COMMON,
            "nonce": _nonce,
            "enforce_nonce": rules.flag,
            "message_reference": _REFERENCE,
            "sticker_ids": rules.items(rules.snowflake, 3),
            "shared_client_theme": rules.anything,
        },
    ),
    "edit": rules.shape(
        {}, {name: one for name, one in _COMMON.items() if name not in ("tts", "poll")}
    ),
    "interaction": rules.shape({}, _COMMON),
    "webhook": rules.shape(
        {},
        {
            **_COMMON,
            "username": rules.text(80),
            "avatar_url": rules.anything,
            "thread_name": rules.text(100),
            "applied_tags": rules.anything,
        },
    ),
    "forum": rules.shape({}, {**_COMMON, "sticker_ids": rules.items(rules.snowflake, 3)}),
}
HARMLESS = {"edit": {"tts"}, "forum": {"nonce", "enforce_nonce"}}
"""discord.py sends these where they mean nothing."""


def body(kind: str, flags: Flag = PLAIN) -> Rule:
    """The rule for one of these bodies; `flags` are those that an edited message has already."""

    def rule(report: Report, at: Path, value: Any) -> None:
        ignored = HARMLESS.get(kind, set())
        plain = {name: one for name, one in value.items() if name not in ignored}
        _BODIES[kind](report, at, plain)
        given = value.get("flags")
        every = flags | Flag(given if isinstance(given, int) else 0)
        components = value.get("components")
        if Flag.COMPONENTS_V2 in every:
            for name in ("content", "embeds"):
                if value.get(name):
                    words = "This field cannot be used with MessageFlags.IS_COMPONENTS_V2"
                    code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
                    report.add((*at, name), code, words)
            if components is not None:
                component_rules.layout(report, (*at, "components"), components)
        elif components is not None:
            component_rules.rows(report, (*at, "components"), components)

    return rule
