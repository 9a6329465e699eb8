"""Slack's users as people: https://docs.slack.dev/reference/objects/user-object."""

from collections.abc import Mapping
from typing import Any

from core.chat import Person

SLACKBOT = "USLACKBOT"


def person(user: Mapping[str, Any], team_id: str) -> Person:
    """A user as the port tells of people. Whoever comes from another workspace, by Slack Connect,
    is a guest, and so are guests; only a regular member's e-mail vouches for them."""
    profile = user.get("profile") or {}
    own = {user.get("team_id"), *((user.get("enterprise_user") or {}).get("teams") or ())}
    foreign = bool(user.get("is_stranger")) or not own & {None, team_id}
    guest = bool(user.get("is_restricted") or user.get("is_ultra_restricted") or foreign)
    bot = bool(user.get("is_bot") or user["id"] == SLACKBOT)
    return Person(
        external_id=user["id"],
        name=name_of(user),
        email=None if guest or bot else profile.get("email"),
        is_bot=bot,
        is_guest=guest,
        zone=user.get("tz") or None,
        left=bool(user.get("deleted")),
    )


def name_of(user: Mapping[str, Any]) -> str:
    """What people call this user."""
    profile = user.get("profile") or {}
    for name in (profile.get("display_name"), profile.get("real_name"), user.get("real_name")):
        if name:
            return str(name)
    return str(user.get("name") or "Someone")
