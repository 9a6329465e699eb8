"""The registry as application commands."""

import pytest

from bot.platforms.discord.commands import MANAGE_GUILD, payloads, same
from commands.registry import every_command

REGISTRY = every_command()
CATALOG = [REGISTRY.declared[path].command for path in sorted(REGISTRY.visible_paths())]
BY_NAME = {one["name"]: one for one in payloads(CATALOG)}


def options(topic: str, subcommand: str) -> dict[str, dict[str, object]]:
    (found,) = [one for one in BY_NAME[topic]["options"] if one["name"] == subcommand]
    return {one["name"]: one for one in found["options"]}


def test_every_topic_is_a_command_with_its_subcommands() -> None:
    assert set(BY_NAME) == {one.topic for one in CATALOG}
    assert {one["name"] for one in BY_NAME["reflect"]["options"]} >= {"write", "mine", "read"}


def test_a_topic_for_organizers_alone_is_shown_to_those_who_manage_the_server() -> None:
    assert BY_NAME["settings"]["default_member_permissions"] == MANAGE_GUILD
    assert BY_NAME["reflect"]["default_member_permissions"] is None


def test_what_a_form_asks_for_need_not_be_given() -> None:
    assert not any(one["required"] for one in options("reflect", "write").values())


def test_what_must_be_given_stands_first() -> None:
    for topic in BY_NAME.values():
        for one in topic["options"]:
            if one["type"] == 1:
                given = [option["required"] for option in one["options"]]
                assert given == sorted(given, reverse=True), one["name"]


def test_a_number_a_channel_and_a_choice_are_what_they_are() -> None:
    announced = options("webinar", "announce")
    assert announced["minutes"]["type"] == 4
    chosen = options("settings", "channels")
    assert chosen["channel"]["type"] == 7
    assert len(chosen["purpose"]["choices"]) == 5  # type: ignore[arg-type]


@pytest.mark.parametrize("topic", sorted(BY_NAME))
def test_it_keeps_to_the_lengths_that_discord_takes(topic: str) -> None:
    """https://discord.com/developers/docs/interactions/application-commands"""
    command = BY_NAME[topic]
    assert 1 <= len(command["description"]) <= 100
    assert len(command["options"]) <= 25
    for one in command["options"]:
        assert 1 <= len(one["description"]) <= 100
        assert len(one.get("options", [])) <= 25


def test_what_discord_adds_makes_no_difference() -> None:
    ours = BY_NAME["enroll"]
    theirs = {**ours, "id": "1", "version": "2", "nsfw": False}
    assert same(ours, theirs)
    assert not same({**ours, "description": "Another"}, theirs)
