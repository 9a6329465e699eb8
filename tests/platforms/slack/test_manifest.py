"""The app manifest."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.slack import manifest as made
from commands.registry import RESERVED, every_command

REGISTRY = every_command()
CATALOG = [REGISTRY.declared[path].command for path in sorted(REGISTRY.visible_paths())]
HOME = "https://staffroom.example.org"
ADAPTER = Path(made.__file__).parent


def manifest(**how: Any) -> dict[str, Any]:
    return made.manifest(CATALOG, **how)


def test_every_topic_is_a_slash_command_with_what_stands_behind_it() -> None:
    commands = {one["command"]: one for one in manifest()["features"]["slash_commands"]}
    assert set(commands) == {f"/{one.topic}" for one in CATALOG}
    assert "write" in commands["/reflect"]["usage_hint"]


def test_the_copy_in_the_docs_is_in_step() -> None:
    """Made by: staffroom slack manifest --file docs/slack-manifest.json"""
    copy = Path(__file__).parents[3] / "docs" / "slack-manifest.json"
    assert json.loads(copy.read_text()) == manifest()


def test_a_prefix_stands_before_every_command() -> None:
    commands = [one["command"] for one in manifest(prefix="sr-")["features"]["slash_commands"]]
    assert all(re.fullmatch(r"/sr-[a-z]+", one) for one in commands)


def test_no_command_is_one_of_slacks_own() -> None:
    topics = {one["command"][1:] for one in manifest()["features"]["slash_commands"]}
    assert not topics & RESERVED


def test_by_socket_no_address_is_needed() -> None:
    assert "url" not in str(manifest())
    assert manifest()["settings"]["socket_mode_enabled"] is True


def test_over_http_every_way_in_has_its_address() -> None:
    found = manifest(public_url=HOME + "/", by_socket=False)
    events = f"{HOME}/slack/events"
    assert found["settings"]["event_subscriptions"]["request_url"] == events
    assert found["settings"]["interactivity"]["request_url"] == events
    assert found["settings"]["interactivity"]["message_menu_options_url"] == events
    assert {one["url"] for one in found["features"]["slash_commands"]} == {events}
    assert found["oauth_config"]["redirect_urls"] == [f"{HOME}/slack/oauth_redirect"]


def test_people_may_write_to_the_bot() -> None:
    app_home = manifest()["features"]["app_home"]
    assert app_home["messages_tab_enabled"] is True
    assert app_home["messages_tab_read_only_enabled"] is False


def test_the_shortcuts_lead_to_commands() -> None:
    for shortcut in manifest()["features"]["shortcuts"]:
        assert shortcut["callback_id"] in REGISTRY.declared


@pytest.mark.parametrize("part", [
    ("display_information", "name", 35), ("display_information", "description", 140),
    ("features", "bot_user", 80),
])  # fmt: skip
def test_it_keeps_to_the_lengths_that_slack_documents(part: tuple[str, str, int]) -> None:
    """https://docs.slack.dev/reference/app-manifest"""
    section, name, most = part
    value = manifest()[section][name]
    assert len(value["display_name"] if isinstance(value, dict) else value) <= most


def test_commands_and_shortcuts_keep_to_their_lengths_too() -> None:
    """https://docs.slack.dev/reference/app-manifest: commands 32 characters, descriptions 2,000,
    hints 1,000; shortcuts 24, callback ids 255, descriptions 150."""
    features = manifest(prefix="twelve-chars")["features"]
    for one in features["slash_commands"]:
        assert len(one["command"]) <= 32
        assert len(one["description"]) <= 2_000
        assert len(one.get("usage_hint", "")) <= 1_000
    for one in features["shortcuts"]:
        assert len(one["name"]) <= 24
        assert len(one["description"]) <= 150


def test_each_scope_is_used_and_says_what_for() -> None:
    """The methods and events that a scope is asked for are called somewhere in the adapter."""
    files = [path for path in ADAPTER.glob("*.py") if path.name != "manifest.py"]
    code = "\n".join(path.read_text() for path in files)
    for scope, why in made.BOT_SCOPES.items():
        methods = re.findall(r"\b(?:chat|conversations|users|views)\.[a-zA-Z]+", why)
        events = re.findall(r"\b(app_mention|team_join|user_change)\b", why)
        assert methods or events or scope in ("commands", "users:read.email"), scope
        for name in [*methods, *events]:
            assert f'"{name}"' in code, (scope, name)


def test_every_subscribed_event_is_listened_to() -> None:
    intake = (ADAPTER / "intake.py").read_text()
    for event in made.BOT_EVENTS:
        assert f'app.event("{event.partition(".")[0]}")' in intake
