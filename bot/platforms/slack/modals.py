"""Forms and answers as modals, https://docs.slack.dev/reference/views/modal-views."""

import json
from collections.abc import Mapping
from typing import Any

from bot.platforms.slack.blocks import message_blocks
from bot.platforms.slack.limits import (
    HINT,
    LIMITS,
    MODAL_BLOCKS,
    MODAL_TITLE,
    OPTION_LABEL,
    OPTION_VALUE,
)
from bot.platforms.slack.rich_text import to_rich_text
from bot.platforms.spread import FormInput, rejoin, spread
from core.chat import Message
from core.interaction import Choice, Input, OpenForm
from core.text import split_message
from core.wording import shortened

View = dict[str, Any]
FORM = "form"  # callback_id of a modal that is submitted
SHOWN = "shown"  # of one that only tells
FIELD = "value"  # action_id of every input; those that complete have COMPLETES
COMPLETES = "completes"
NO_LABELS: Mapping[str, str] = {}


def form_view(form: OpenForm, place: str = "", labels: Mapping[str, str] = NO_LABELS) -> View:
    """The modal of a form. `place`: the conversation in which it was asked for; `labels`: how the
    values of completing inputs are called.

    What was typed before and the problems with it are shown. A block's id says which input it is,
    so that what comes back can be joined again.
    """
    blocks: list[View] = []
    if about := to_rich_text(form.about):
        blocks.append({"type": "rich_text", "elements": about})
    if whole := form.problems.get(""):
        blocks.append(_warning(whole))
    first = True
    for one in _inputs(form):
        if "~" not in one.name and (problem := form.problems.get(one.param.name)):
            blocks.append(_warning(problem))
        label = labels.get(one.param.name, one.value)
        blocks.append(_input(one, label, focus=first))
        first = False
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": _plain(shortened(form.title, MODAL_TITLE)),
        "submit": _plain(shortened(form.submit, MODAL_TITLE)),
        "close": _plain("Cancel"),
        "private_metadata": json.dumps({"path": form.path, "place": place}),
        "blocks": blocks[:MODAL_BLOCKS],
    }


def message_view(message: Message, title: str = "Staffroom") -> View:
    """A modal that shows an answer, whole."""
    blocks = [block for part in split_message(message, LIMITS) for block in message_blocks(part)]
    return {
        "type": "modal",
        "callback_id": SHOWN,
        "title": _plain(title),
        "close": _plain("Close"),
        "blocks": blocks[:MODAL_BLOCKS],
    }


def home_view(message: Message) -> View:
    """The App Home, https://docs.slack.dev/surfaces/app-home."""
    blocks = [block for part in split_message(message, LIMITS) for block in message_blocks(part)]
    return {"type": "home", "blocks": blocks[:MODAL_BLOCKS]}


def asked(view: Mapping[str, Any]) -> tuple[str, str]:
    """The command whose form this is, and the conversation in which it was asked for."""
    kept = json.loads(view.get("private_metadata") or "{}")
    return kept.get("path", ""), kept.get("place", "")


def filled(view: Mapping[str, Any]) -> dict[str, str]:
    """The values that were typed or chosen, by parameter."""
    state = (view.get("state") or {}).get("values") or {}
    order = [block.get("block_id") for block in view.get("blocks") or []]
    names = sorted(state, key=lambda name: order.index(name) if name in order else len(order))
    return rejoin({name: _value(next(iter(state[name].values()), {})) for name in names})


def again(text: str, view: Mapping[str, Any]) -> dict[str, str]:
    """What is said at the first input of a form that stays open; none where it has no input."""
    return errors(OpenForm("", "", (), problems={"": text}), view)


def errors(form: OpenForm, view: Mapping[str, Any]) -> dict[str, str]:
    """The problems of a rejected form, by block of the open modal; what belongs to no input
    stands at the first one."""
    blocks = [
        block["block_id"] for block in view.get("blocks") or [] if block.get("type") == "input"
    ]
    if not blocks:
        return {}
    found: dict[str, str] = {}
    for name, problem in form.problems.items():
        block = name if name in blocks else blocks[0]
        found[block] = f"{found[block]} {problem}" if block in found else problem
    return found


def options(choices: list[Choice] | tuple[Choice, ...]) -> list[View]:
    """Choices as options; one whose value Slack could not carry is left out."""
    return [
        {"text": _plain(shortened(one.label, OPTION_LABEL)), "value": one.value}
        for one in choices
        if 1 <= len(one.value) <= OPTION_VALUE
    ]


def _inputs(form: OpenForm) -> list[FormInput]:
    return [one for page in spread(form, LIMITS) for one in page]


def _input(one: FormInput, label: str, *, focus: bool) -> View:
    block: View = {
        "type": "input",
        "block_id": one.name,
        "label": _plain(one.label),
        "optional": not one.required,
        "element": _element(one, label),
    }
    if focus and block["element"]["type"] == "plain_text_input":
        block["element"]["focus_on_load"] = True
    if one.param.help and one.label == one.param.label:
        block["hint"] = _plain(one.param.help[:HINT])
    return block


def _element(one: FormInput, label: str) -> View:
    param, value = one.param, one.value
    element: View
    match param.input:
        case Input.CHOICE if offered := options(param.choices):
            chosen = [each for each in offered if each["value"] == value]
            element = {"type": "static_select", "action_id": FIELD, "options": offered}
            return element | ({"initial_option": chosen[0]} if chosen else {})
        case Input.CHANNEL:
            element = {
                "type": "conversations_select",
                "action_id": FIELD,
                "filter": {"include": ["public", "private"], "exclude_bot_users": True},
            }
            return element | ({"initial_conversation": value} if value else {})
        case Input.INTEGER:
            element = {"type": "number_input", "action_id": FIELD, "is_decimal_allowed": False}
            if param.least is not None:
                element["min_value"] = str(param.least)
            if param.most is not None:
                element["max_value"] = str(param.most)
            return element | ({"initial_value": value} if value.lstrip("-").isdigit() else {})
        case _ if param.completes:
            element = {"type": "external_select", "action_id": COMPLETES, "min_query_length": 0}
            chosen = options([Choice(value, label)]) if value else []
            return element | ({"initial_option": chosen[0]} if chosen else {})
        case _:
            element = {
                "type": "plain_text_input",
                "action_id": FIELD,
                "multiline": param.input is Input.LONG,
                "max_length": min(max(one.max_length, len(value)), LIMITS.max_form_input),
            }
            return element | ({"initial_value": value} if value else {})


def _value(state: Mapping[str, Any]) -> str:
    """What an input holds, https://docs.slack.dev/reference/views/view-interactions-payloads."""
    option = state.get("selected_option")
    found = (
        option.get("value")
        if isinstance(option, dict)
        else state.get("value") or state.get("selected_conversation")
    )
    return str(found or "")


def _warning(problem: str) -> View:
    return {"type": "rich_text", "elements": to_rich_text(f"⚠️ **{problem}**")}


def _plain(text: str) -> View:
    return {"type": "plain_text", "text": text, "emoji": False}
