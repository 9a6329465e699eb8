"""Buttons, menus and inputs: https://docs.slack.dev/reference/block-kit/block-elements ."""

from typing import Any

from tests.platforms.slack.fake.rich_text import RICH_TEXT
from tests.platforms.slack.fake.rules import (
    ID,
    Report,
    Rule,
    both,
    by_type,
    flag,
    items,
    one_of,
    plain,
    shape,
    text,
    whole,
    words,
)

URL = text(3_000, 1)
CONFIRM = shape(
    {"title": plain(100), "text": words(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
"""https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object"""

OPTION = shape({"text": plain(75), "value": text(150, 1)}, {"description": plain(75)})
"""https://docs.slack.dev/reference/block-kit/composition-objects/option-object"""
BOX_OPTION = shape({"text": words(75), "value": text(150, 1)}, {"description": words(75)})
OVERFLOW_OPTION = shape(
    {"text": plain(75), "value": text(150, 1)}, {"description": plain(75), "url": URL}
)
GROUP = shape({"label": plain(75), "options": items(OPTION, 100)})

ACTION = {"action_id": ID}
FOCUS = {**ACTION, "focus_on_load": flag}
MENU = {**FOCUS, "confirm": CONFIRM, "placeholder": plain(150)}
MULTI = {**MENU, "max_selected_items": whole(1, 10_000)}
DISPATCH = shape(
    {},
    {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)},
)
TYPED = {**FOCUS, "placeholder": plain(150), "dispatch_action_config": DISPATCH}
FILTER = shape(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)


def choices(report: Report, at: str, value: Any) -> None:
    """A static menu has options or groups, and starts with some of them."""
    if not isinstance(value, dict):
        return
    if not value.get("options") and not value.get("option_groups"):
        report.add(at, "must define either `options` or `option_groups`")
        return
    groups = value.get("option_groups") or [{"options": value.get("options")}]
    offered = [one for group in groups for one in group.get("options") or []]
    chosen = list(value.get("initial_options") or [])
    if value.get("initial_option"):
        chosen.append(value["initial_option"])
    if any(one not in offered for one in chosen):
        report.add(at, "initial options must match the options provided")
    values = [one.get("value") for one in offered if isinstance(one, dict)]
    if len(values) != len(set(values)):
        report.add(f"{at}/options", "option values must be unique")


def lengths(report: Report, at: str, value: Any) -> None:
    """What is written in a text input at first must fit it.

    https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
    """
    first = value.get("initial_value")
    if not isinstance(first, str):
        return
    most = value.get("max_length", 3_000)
    if isinstance(most, int) and len(first) > most:
        report.add(f"{at}/initial_value", f"must be less than {most + 1} characters")


def menu(kind: str, one: dict[str, Rule], several: dict[str, Rule]) -> dict[str, Rule]:
    return {
        f"{kind}_select": shape(ACTION_NEEDED, {**MENU, **one}),
        f"multi_{kind}_select": shape(ACTION_NEEDED, {**MULTI, **several}),
    }


ACTION_NEEDED: dict[str, Rule] = {}
"""Without an `action_id`, Slack makes one up."""

STATIC = {"options": items(OPTION, 100), "option_groups": items(GROUP, 100)}

BUTTON = shape(
    {"text": plain(75)},
    {
        **ACTION,
        "url": URL,
        "value": text(2_000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": text(75),
    },
)
IMAGE = shape({"alt_text": text(2_000)}, {"image_url": URL, "slack_file": shape({}, {"id": ID})})

MENUS: dict[str, Rule] = {
    "static_select": both(
        shape({}, {**MENU, **STATIC, "initial_option": OPTION}),
        choices,
    ),
    "multi_static_select": both(
        shape({}, {**MULTI, **STATIC, "initial_options": items(OPTION, 100)}),
        choices,
    ),
    **menu(
        "external",
        {"min_query_length": whole(0, 255), "initial_option": OPTION},
        {"min_query_length": whole(0, 255), "initial_options": items(OPTION, 100)},
    ),
    **menu("users", {"initial_user": ID}, {"initial_users": items(ID, 1_000)}),
    **menu(
        "channels",
        {"initial_channel": ID, "response_url_enabled": flag},
        {"initial_channels": items(ID, 1_000)},
    ),
    **menu(
        "conversations",
        {
            "initial_conversation": ID,
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": FILTER,
        },
        {
            "initial_conversations": items(ID, 1_000),
            "default_to_current_conversation": flag,
            "filter": FILTER,
        },
    ),
}

PICKERS: dict[str, Rule] = {
    "datepicker": shape({}, {**MENU, "initial_date": text(10, 10)}),
    "timepicker": shape({}, {**MENU, "initial_time": text(5, 5), "timezone": text(100)}),
    "datetimepicker": shape(
        {}, {**FOCUS, "confirm": CONFIRM, "initial_date_time": whole(10**9, 10**10 - 1)}
    ),
}

BOXES: dict[str, Rule] = {
    "checkboxes": both(
        shape(
            {"options": items(BOX_OPTION, 10)},
            {**FOCUS, "confirm": CONFIRM, "initial_options": items(BOX_OPTION, 10)},
        ),
        choices,
    ),
    "radio_buttons": both(
        shape(
            {"options": items(BOX_OPTION, 10)},
            {**FOCUS, "confirm": CONFIRM, "initial_option": BOX_OPTION},
        ),
        choices,
    ),
}

INPUTS: dict[str, Rule] = {
    "plain_text_input": both(
        shape(
            {},
            {
                **TYPED,
                "initial_value": text(3_000),
                "multiline": flag,
                "min_length": whole(0, 3_000),
                "max_length": whole(1, 3_000),
            },
        ),
        lengths,
    ),
    "rich_text_input": shape({}, {**TYPED, "initial_value": by_type({"rich_text": RICH_TEXT})}),
    "email_text_input": shape({}, {**TYPED, "initial_value": text(3_000)}),
    "url_text_input": shape({}, {**TYPED, "initial_value": text(3_000)}),
    "number_input": shape(
        {"is_decimal_allowed": flag},
        {
            **TYPED,
            "initial_value": text(100),
            "min_value": text(100),
            "max_value": text(100),
        },
    ),
    "file_input": shape(
        {}, {**ACTION, "filetypes": items(text(20, 1), 100), "max_files": whole(1, 10)}
    ),
}

OVERFLOW = shape({"options": items(OVERFLOW_OPTION, 5)}, {**ACTION, "confirm": CONFIRM})

PRESSABLE: dict[str, Rule] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    **MENUS,
    **PICKERS,
    **BOXES,
}
"""What an actions block takes."""

ACCESSORY: dict[str, Rule] = {**PRESSABLE, "image": IMAGE}
"""What stands beside a section."""

FILLABLE: dict[str, Rule] = {**INPUTS, **MENUS, **PICKERS, **BOXES}
"""What an input block takes."""
