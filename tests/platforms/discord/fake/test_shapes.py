"""What bodies may be: commands, components, modals."""

from typing import Any

import pytest

from tests.platforms.discord.fake import commands, component_rules, message_rules, rules
from tests.platforms.discord.fake.errors import DiscordError


def button(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": f"go-{number}"} | more


def row(*inner: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(inner)}


def select(options: int = 1, **more: Any) -> dict[str, Any]:
    listed = [{"label": str(number), "value": str(number)} for number in range(options)]
    return {"type": 3, "custom_id": "s", "options": listed} | more


def label(inner: dict[str, Any], text: str = "Label") -> dict[str, Any]:
    return {"type": 18, "label": text, "component": inner}


def entry(**more: Any) -> dict[str, Any]:
    return {"type": 4, "style": 1, "custom_id": "t"} | more


def modal(*components: dict[str, Any], title: str = "Title") -> dict[str, Any]:
    return {"title": title, "custom_id": "m", "components": list(components)}


def first_error(rule: rules.Rule, body: Any) -> str:
    """The code of the first error, or nothing."""
    try:
        rules.check(rule, body)
    except DiscordError as error:
        found: Any = error.errors
        while "_errors" not in found:
            found = next(iter(found.values()))
        return str(found["_errors"][0]["code"])
    return ""


@pytest.mark.parametrize(
    ("components", "code"),
    [
        ([row(*(button(number) for number in range(5)))], ""),
        ([row(*(button(number) for number in range(6)))], "BASE_TYPE_BAD_LENGTH"),
        ([row(button(number)) for number in range(6)], "BASE_TYPE_MAX_LENGTH"),
        ([row(button(label="x" * 81))], "BASE_TYPE_MAX_LENGTH"),
        ([row(button(custom_id="x" * 101))], "BASE_TYPE_BAD_LENGTH"),
        ([row(button(), button())], "COMPONENT_CUSTOM_ID_DUPLICATED"),
        ([row(button(label=""))], "BUTTON_COMPONENT_INVALID_LABEL"),
        ([row({"type": 2, "style": 5, "label": "Go", "url": "https://example.org"})], ""),
        ([row({"type": 2, "style": 5, "label": "Go", "url": "x"})], "URL_TYPE_INVALID_SCHEME"),
        ([row(select(25))], ""),
        ([row(select(26))], "BASE_TYPE_BAD_LENGTH"),
        ([row(select(), button())], "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
        ([button()], "UNION_TYPE_CHOICES"),
    ],
)
def test_components_have_limits(components: list[Any], code: str) -> None:
    assert first_error(message_rules.body("create"), {"components": components}) == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (modal(label(entry()), label(select())), ""),
        (modal(row(entry(label="Old"))), ""),
        (modal(label(entry()), title="x" * 46), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(entry(), "x" * 46)), "BASE_TYPE_BAD_LENGTH"),
        (modal(*(label(entry(custom_id=str(n))) for n in range(6))), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(entry(max_length=4001))), "NUMBER_TYPE_MAX"),
        (modal(label(entry(max_length=3, value="four"))), "BASE_TYPE_MAX_LENGTH"),
        (modal(label(entry(placeholder="x" * 101))), "BASE_TYPE_MAX_LENGTH"),
        (modal(label(entry(label="Twice"))), "BASE_TYPE_CHOICES"),
        (modal(row(button())), "UNION_TYPE_CHOICES"),
        (modal(label(select(min_values=0, required=False))), ""),
        (modal(label(select(min_values=0))), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(select(disabled=True))), "BASE_TYPE_CHOICES"),
    ],
)
def test_modals_have_limits(body: dict[str, Any], code: str) -> None:
    assert first_error(component_rules.modal, body) == code


def command(**more: Any) -> dict[str, Any]:
    return {"name": "reflect", "description": "Reflections"} | more


def option(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"type": 3, "name": f"option-{number}", "description": "x"} | more


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (command(), ""),
        (command(name="Reflect"), "APPLICATION_COMMAND_INVALID_NAME"),
        (command(name="two words"), "STRING_TYPE_REGEX"),
        (command(description="x" * 101), "BASE_TYPE_BAD_LENGTH"),
        (command(options=[option(number) for number in range(25)]), ""),
        (command(options=[option(number) for number in range(26)]), "BASE_TYPE_MAX_LENGTH"),
        (
            command(options=[option(1), option(2, required=True)]),
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        ),
        (
            command(options=[option(choices=[{"name": "x" * 101, "value": "x"}])]),
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            command(
                options=[
                    {"type": 1, "name": f"s{n}", "description": "x" * 90, "options": long}
                    for n, long in enumerate(
                        [[option(k, description="y" * 100) for k in range(25)]] * 4
                    )
                ]
            ),
            "APPLICATION_COMMAND_TOO_LARGE",
        ),
    ],
)
def test_commands_have_limits(body: dict[str, Any], code: str) -> None:
    assert first_error(commands.command, body) == code


def test_components_v2_allow_no_content_beside_them() -> None:
    text = {"type": 10, "content": "x"}
    body = {"flags": 1 << 15, "components": [text]}
    rule = message_rules.body("create")
    assert first_error(rule, body) == ""
    assert first_error(rule, body | {"content": "x"}).startswith("MESSAGE_CANNOT_USE_LEGACY")
    long = {"flags": 1 << 15, "components": [{"type": 10, "content": "x" * 2001}] * 2}
    assert first_error(rule, long) == "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"
