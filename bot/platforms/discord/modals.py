"""Forms as modals, https://discord.com/developers/docs/components/reference#label.

A modal holds five items. What must be mended and what is required come first; what does not fit
keeps its value in the modal's id, and can be given as an option of the command. What there is to
read before is shown where there is room.
"""

from collections import OrderedDict
from collections.abc import Mapping
from itertools import count
from typing import Any

import discord

from bot.platforms.discord.limits import CHOICE, LIMITS, MODAL_TITLE
from bot.platforms.spread import FormInput, rejoin, spread
from core.interaction import Choice, Input, OpenForm, Param, button_id, parse_button_id
from core.wording import shortened

PREFIX = "form:"
KEPT = "kept"  # the name under which values too long for an id are kept in this process
MOST_KEPT = 500
DESCRIPTION = 100
PLACEHOLDER = 100


class Modals:
    """Makes modals, and reads what comes back."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, dict[str, str]] = OrderedDict()
        self._numbers = count(1)

    def modal(self, form: OpenForm) -> discord.ui.Modal:
        """The modal of a form. It is stopped: what is sent comes to us by its id."""
        inputs = _chosen(form)
        shown = {one.param.name for one in inputs}
        hidden = {name: value for name, value in form.values.items() if value and name not in shown}
        made = discord.ui.Modal(
            title=shortened(form.title, MODAL_TITLE), custom_id=self._id(form.path, hidden)
        )
        if form.about and len(inputs) < LIMITS.max_form_inputs:
            made.add_item(discord.ui.TextDisplay(shortened(form.about, LIMITS.max_text)))
        for one in inputs:
            problem = form.problems.get(one.param.name) if "~" not in one.name else None
            made.add_item(_label(one, problem))
        made.stop()
        return made

    def asked(self, data: Mapping[str, Any]) -> tuple[str, dict[str, str]] | None:
        """The command whose form was sent and its values; None for a form of nobody knows when."""
        path, hidden = parse_button_id(str(data["custom_id"]).removeprefix(PREFIX))
        if KEPT in hidden:
            kept = self._kept.get(hidden[KEPT])
            if kept is None:
                return None
            hidden = kept
        return path, {**hidden, **rejoin(_filled(data))}

    def _id(self, path: str, hidden: Mapping[str, str]) -> str:
        try:
            found = PREFIX + button_id(path, **hidden)
        except ValueError:
            found = ""
        if not found or len(found) > 100:
            number = f"{next(self._numbers):x}"
            self._kept[number] = dict(hidden)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            found = PREFIX + button_id(path, **{KEPT: number})
        return found


def _chosen(form: OpenForm) -> list[FormInput]:
    """The inputs that fit, in their usual order."""
    inputs = [one for page in spread(form, LIMITS) for one in page]
    needed = sorted(
        inputs,
        key=lambda one: (one.param.name not in form.problems, not one.param.required),
    )
    fitting = needed[: LIMITS.max_form_inputs]
    return [one for one in inputs if one in fitting]


def _label(one: FormInput, problem: str | None) -> discord.ui.Label[Any]:
    about = f"⚠️ {problem}" if problem else one.param.help if "~" not in one.name else ""
    return discord.ui.Label(
        text=shortened(one.label, MODAL_TITLE),
        description=shortened(about, DESCRIPTION) or None,
        component=_component(one),
    )


def _component(one: FormInput) -> Any:
    param = one.param
    if param.input is Input.CHANNEL:
        return discord.ui.ChannelSelect(
            custom_id=one.name,
            required=one.required,
            min_values=int(one.required),
            channel_types=[
                discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum,
            ],
        )  # fmt: skip
    if param.input is Input.ROLE:
        return discord.ui.RoleSelect(
            custom_id=one.name, required=one.required, min_values=int(one.required)
        )
    if param.choices:
        return discord.ui.Select(
            custom_id=one.name,
            required=one.required,
            min_values=int(one.required),
            options=[_option(choice, one.value) for choice in param.choices],
        )
    return discord.ui.TextInput(
        custom_id=one.name,
        style=(
            discord.TextStyle.paragraph if param.input is Input.LONG else discord.TextStyle.short
        ),
        default=one.value or None,
        required=one.required,
        max_length=min(one.max_length, LIMITS.max_form_input),
        placeholder=shortened(_hint(param), PLACEHOLDER) or None,
    )


def _hint(param: Param) -> str:
    if param.input is not Input.INTEGER or param.least is None or param.most is None:
        return ""
    return f"{param.least} to {param.most}"


def _option(choice: Choice, value: str) -> discord.SelectOption:
    return discord.SelectOption(
        label=shortened(choice.label, CHOICE), value=choice.value, default=choice.value == value
    )


def _filled(data: Mapping[str, Any]) -> dict[str, str]:
    """The inputs in their order: https://discord.com/developers/docs/interactions/
    receiving-and-responding#interaction-object-modal-submit-data-structure."""
    found: dict[str, str] = {}
    for outer in data.get("components") or []:
        inner = outer.get("component")
        parts = [inner] if inner else outer.get("components") or []
        for part in parts:
            if "custom_id" in part:
                values = part.get("values")
                found[part["custom_id"]] = str(
                    (values[0] if values else "") if values is not None else part.get("value") or ""
                )
    return found
