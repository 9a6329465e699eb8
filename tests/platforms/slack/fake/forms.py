"""What people enter into menus and fields, as `view.state.values` tells it.

https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

from typing import Any

from tests.platforms.slack.fake.errors import Json
from tests.platforms.slack.fake.reading import unescape

SINGLE = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
}
SEVERAL = {
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
}
OPTIONS = ("selected_option", "selected_options")


def first_value(element: Json) -> Json | None:
    """The state of an element before anyone touches it; none for what holds no state."""
    kind = element["type"]
    if kind in SINGLE:
        key, first = SINGLE[kind]
        return {"type": kind, key: element.get(first) or None}
    if kind in SEVERAL:
        key, first = SEVERAL[kind]
        return {"type": kind, key: list(element.get(first) or [])}
    return None


def is_empty(value: Json) -> bool:
    key = (SINGLE.get(value["type"]) or SEVERAL[value["type"]])[0]
    return not value[key]


def entered(element: Json, given: Any, suggested: list[Json]) -> Json:
    """The state of an element after a person entered something, which must be possible."""
    kind = element["type"]
    if kind in SEVERAL:
        key = SEVERAL[kind][0]
        several = list(given) if isinstance(given, (list, tuple)) else [given]
        if key in OPTIONS:
            several = [option(element, one, suggested) for one in several]
        most = element.get("max_selected_items")
        if most and len(several) > most:
            raise AssertionError(f"only {most} can be chosen")
        return {"type": kind, key: several}
    key = SINGLE[kind][0]
    if given is None or given == "":
        return {"type": kind, key: None}
    if key in OPTIONS:
        return {"type": kind, key: option(element, given, suggested)}
    if kind == "plain_text_input":
        most = element.get("max_length", 3_000)
        if len(given) > most:
            raise AssertionError(f"the field takes {most} characters, not {len(given)}")
    return {"type": kind, key: given}


def option(element: Json, given: str, suggested: list[Json]) -> Json:
    """The option with this label or value."""
    offered = list(suggested) or list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        offered += group["options"]
    for one in offered:
        if given in (one["value"], unescape(one["text"]["text"])):
            return dict(one)
    raise AssertionError(f"{given!r} is not offered: {[one['text']['text'] for one in offered]}")


def complaints(block: Json, value: Json) -> str:
    """What Slack's client says under a field before it sends anything."""
    if is_empty(value):
        return "" if block.get("optional") else "Please complete this required field."
    least = block["element"].get("min_length", 0)
    if isinstance(value.get("value"), str) and len(value["value"]) < least:
        return f"Please enter at least {least} characters."
    return ""
