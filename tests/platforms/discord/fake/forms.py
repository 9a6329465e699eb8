"""What a person enters into a modal or a menu, as the app receives it.

https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-modal-submit-data-structure
"""

from typing import Any

from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.component_rules import (
    CHECKBOX,
    CHECKBOX_GROUP,
    FILE_UPLOAD,
    LABEL,
    RADIO_GROUP,
    ROW,
    SELECTS,
    STRING_SELECT,
    TEXT_DISPLAY,
    TEXT_INPUT,
)
from tests.platforms.discord.fake.errors import Json
from tests.platforms.discord.fake.interaction import Modal
from tests.platforms.discord.fake.resolving import Refused, Resolved
from tests.platforms.discord.fake.users import Role, User


def find(components: list[Json], what: str, kinds: tuple[int, ...]) -> Json:
    """A button or menu by its label, custom_id or placeholder."""
    usable = [one for one in components if one["type"] in kinds]
    names = ("custom_id", "label", "placeholder")
    found = [one for one in usable if what in [one.get(name) for name in names]]
    if not found:
        there = [one.get("label") or one.get("custom_id") for one in usable]
        raise Refused(f"there is no {what!r} among {there}")
    if found[0].get("disabled"):
        raise Refused(f"{what!r} is disabled")
    return found[0]


def chosen(menu: Json, given: Any, resolved: Resolved, user: User) -> list[str]:
    """The values of a menu, from values, labels or things."""
    listed = given if isinstance(given, list | tuple) else [given]
    listed = [getattr(one, "user", one) for one in listed if one is not None]
    least, most = menu.get("min_values", 1), menu.get("max_values", 1)
    if not (least <= len(listed) <= most or (not listed and menu.get("required") is False)):
        raise Refused(f"{menu['custom_id']}: between {least} and {most} can be chosen")
    return [_picked(menu, one, resolved, user) for one in listed]


def _picked(menu: Json, given: Any, resolved: Resolved, user: User) -> str:
    kind = menu["type"]
    if kind in (STRING_SELECT, RADIO_GROUP, CHECKBOX_GROUP):
        for one in menu["options"]:
            if given in (one["value"], one["label"]):
                return str(one["value"])
        there = [one["label"] for one in menu["options"]]
        raise Refused(f"{menu['custom_id']}: {given!r} is not among {there}")
    if isinstance(given, User) and kind in (5, 7):
        return resolved.user(given)
    if isinstance(given, Role) and kind in (6, 7):
        return resolved.role(given)
    if isinstance(given, Channel) and kind == 8:
        kinds = menu.get("channel_types")
        if kinds and given.kind not in kinds:
            raise Refused(f"{menu['custom_id']}: a channel of this kind is not offered")
        return resolved.channel(given, user)
    raise Refused(f"{menu['custom_id']}: {given!r} cannot be chosen here")


def submitted(modal: Modal, values: dict[str, Any], resolved: Resolved, user: User) -> list[Json]:
    """The components of a modal submit; `values` by label or custom_id."""
    left = dict(values)
    sent: list[Json] = []
    for one in modal.components:
        if one["type"] == TEXT_DISPLAY:
            sent.append({"type": TEXT_DISPLAY, "id": one["id"]})
            continue
        inner = one["component"] if one["type"] == LABEL else one["components"][0]
        label = str(one.get("label") or inner.get("label"))
        given = left.pop(inner["custom_id"], left.pop(label, _NOTHING))
        field = _entered(inner, label, given, resolved, user)
        if one["type"] == ROW:
            sent.append({"type": ROW, "id": one["id"], "components": [field]})
        else:
            sent.append({"type": LABEL, "id": one["id"], "component": field})
    if left:
        raise Refused(f"no fields {sorted(left)}; there are {modal.labels}")
    return sent


_NOTHING = object()


def _entered(field: Json, label: str, given: Any, resolved: Resolved, user: User) -> Json:
    kind = field["type"]
    base: Json = {"type": kind, "id": field["id"], "custom_id": field["custom_id"]}
    needed = field.get("required", True)
    if kind == TEXT_INPUT:
        text = str(field.get("value") or "") if given is _NOTHING else str(given)
        _typed(field, label, text, needed=needed)
        return base | {"value": text}
    if kind == CHECKBOX:
        return base | {"value": bool(field.get("default") if given is _NOTHING else given)}
    if kind == FILE_UPLOAD:
        files = [] if given is _NOTHING else list(given)
        if needed and not files:
            raise Refused(f"{label}: a file is required")
        return base | {"values": [resolved.attachment(one) for one in files]}
    if given is _NOTHING:
        given = [one["value"] for one in field.get("options", []) if one.get("default")]
    if not given and not needed:
        return {**base, "value": None} if kind == RADIO_GROUP else {**base, "values": []}
    if not given:
        raise Refused(f"{label}: something must be chosen")
    if kind == RADIO_GROUP:
        one = given[0] if isinstance(given, list | tuple) else given
        return base | {"value": _picked(field, one, resolved, user)}
    assert kind in SELECTS or kind == CHECKBOX_GROUP
    if kind == CHECKBOX_GROUP:
        field = {"min_values": 1, "max_values": len(field["options"])} | field
    return base | {"values": chosen(field, given, resolved, user)}


def _typed(field: Json, label: str, text: str, *, needed: bool) -> None:
    least = field.get("min_length") or (1 if needed else 0)
    most = field.get("max_length") or 4000
    if not text and not needed:
        return
    if not least <= len(text) <= most:
        raise Refused(f"{label}: between {least} and {most} characters, not {len(text)}")
    if field.get("style") == 1 and "\n" in text:
        raise Refused(f"{label} has one line only")
