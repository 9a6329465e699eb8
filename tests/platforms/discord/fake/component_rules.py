"""What components may be.

https://discord.com/developers/docs/components/reference
https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal
"""

from typing import Any

from tests.platforms.discord.fake import rules
from tests.platforms.discord.fake.errors import Json
from tests.platforms.discord.fake.message import components_of
from tests.platforms.discord.fake.rules import Path, Report, Rule

MOST_COMPONENTS = 40
MOST_TEXT = 4000
ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SELECTS = (3, 5, 6, 7, 8)
TEXT_DISPLAY, CONTAINER, LABEL, FILE_UPLOAD = 10, 17, 18, 19
RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 21, 22, 23

CUSTOM_ID = rules.text(100, 1)
_BASE: dict[str, Rule] = {"type": rules.anything, "id": rules.whole(0, 2**31 - 1)}
_EMOJI = rules.shape({}, {"id": rules.snowflake, "name": rules.text(32), "animated": rules.flag})
_OPTION = rules.shape(
    {"label": rules.text(100, 1), "value": rules.text(100, 1)},
    {"description": rules.text(100), "emoji": _EMOJI, "default": rules.flag},
)


def _button(report: Report, at: Path, value: Any) -> None:
    _BUTTON_FIELDS(report, at, value)
    style = value.get("style")
    needed = {5: "url", 6: "sku_id"}.get(style, "custom_id")
    if not value.get(needed):
        words = f"A {needed} is required for a button of this style"
        report.add((*at, needed), "BUTTON_COMPONENT_FIELD_REQUIRED", words)
    if style == 5 and value.get("custom_id"):
        words = "A custom id and url cannot both be specified"
        report.add((*at, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", words)
    if style != 6 and not value.get("label") and not value.get("emoji"):
        words = "A button must have a label or an emoji"
        report.add((*at, "label"), "BUTTON_COMPONENT_INVALID_LABEL", words)


_BUTTON_FIELDS = rules.shape(
    {"style": rules.one_of(1, 2, 3, 4, 5, 6)},
    {
        **_BASE,
        "label": rules.text(80),
        "emoji": _EMOJI,
        "custom_id": CUSTOM_ID,
        "sku_id": rules.snowflake,
        "url": rules.url("http", "https", "discord", most=512),
        "disabled": rules.flag,
    },
)


def _select(*, modal: bool, kind: int) -> Rule:
    fields: dict[str, Rule] = {
        **_BASE,
        "placeholder": rules.text(150),
        "min_values": rules.whole(0, 25),
        "max_values": rules.whole(1, 25),
        "disabled": rules.flag,
        "required": rules.flag,  # means nothing in a message, where discord.py sends it too
    }
    needed: dict[str, Rule] = {"custom_id": CUSTOM_ID}
    if kind == STRING_SELECT:
        needed["options"] = rules.items(_OPTION, 25, 1)
    else:
        fields["default_values"] = rules.items(rules.anything, 25)
    if kind == 8:
        fields["channel_types"] = rules.items(rules.anything, 25)
    shape = rules.shape(needed, fields)

    def rule(report: Report, at: Path, value: Any) -> None:
        shape(report, at, value)
        if modal and value.get("disabled"):
            words = "A select in a modal cannot be disabled"
            report.add((*at, "disabled"), "BASE_TYPE_CHOICES", words)
        if modal and value.get("min_values") == 0 and value.get("required", True):
            words = "Must be at least 1 where an answer is required"
            report.add((*at, "min_values"), "BASE_TYPE_BAD_LENGTH", words)
        options = value.get("options")
        if kind == STRING_SELECT and isinstance(options, list):
            _options(report, at, value, options)

    return rule


def _options(report: Report, at: Path, select: Json, options: list[Any]) -> None:
    seen: set[str] = set()
    for number, one in enumerate(options):
        given = str(one.get("value")) if isinstance(one, dict) else ""
        if given in seen:
            where = (*at, "options", str(number), "value")
            words = "The specified option value is already used"
            report.add(where, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", words)
        seen.add(given)
    most = select.get("max_values")
    if isinstance(most, int) and most > len(options):
        words = f"Value is greater than the number of options ({len(options)})"
        report.add((*at, "max_values"), "BASE_TYPE_BAD_LENGTH", words)


def _row(report: Report, at: Path, value: Any) -> None:
    _ROW_FIELDS(report, at, value)
    inner = [one for one in value.get("components") or [] if isinstance(one, dict)]
    selects = [one for one in inner if one.get("type") in SELECTS]
    if selects and len(inner) > 1:
        words = "A select takes the whole row"
        report.add((*at, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", words)


_SELECT_RULES = {one: _select(modal=False, kind=one) for one in SELECTS}
_ROW_FIELDS = rules.shape(
    {"components": rules.items(rules.by_type({BUTTON: _button, **_SELECT_RULES}), 5, 1)}, _BASE
)
_TEXT = rules.shape({"content": rules.text(MOST_TEXT, 1)}, _BASE)
_MEDIA = rules.shape({"url": rules.text(2048, 1)}, {"attachment_id": rules.anything})
_THUMBNAIL = rules.shape(
    {"media": _MEDIA}, {**_BASE, "description": rules.text(1024), "spoiler": rules.flag}
)
_GALLERY_ITEM = rules.shape(
    {"media": _MEDIA}, {"description": rules.text(1024), "spoiler": rules.flag}
)
_INNER: dict[int, Rule] = {
    ROW: _row,
    9: rules.shape(
        {
            "components": rules.items(rules.by_type({TEXT_DISPLAY: _TEXT}), 3, 1),
            "accessory": rules.by_type({BUTTON: _button, 11: _THUMBNAIL}),
        },
        _BASE,
    ),
    TEXT_DISPLAY: _TEXT,
    12: rules.shape({"items": rules.items(_GALLERY_ITEM, 10, 1)}, _BASE),
    13: rules.shape({"file": _MEDIA}, {**_BASE, "spoiler": rules.flag}),
    14: rules.shape({}, {**_BASE, "divider": rules.flag, "spacing": rules.one_of(1, 2)}),
}
_CONTAINER = rules.shape(
    {"components": rules.items(rules.by_type(_INNER), MOST_COMPONENTS, 1)},
    {**_BASE, "accent_color": rules.whole(0, 0xFFFFFF), "spoiler": rules.flag},
)
ROWS = rules.items(rules.by_type({ROW: _row}), 5)
"""The components of an ordinary message."""
LAYOUT = rules.items(rules.by_type({**_INNER, CONTAINER: _CONTAINER}), MOST_COMPONENTS)
"""Those of a message with the flag IS_COMPONENTS_V2."""

_INPUT_FIELDS: dict[str, Rule] = {
    **_BASE,
    "min_length": rules.whole(0, 4000),
    "max_length": rules.whole(1, 4000),
    "required": rules.flag,
    "value": rules.text(4000),
    "placeholder": rules.text(100),
}
_INPUT_NEEDS: dict[str, Rule] = {"custom_id": CUSTOM_ID, "style": rules.one_of(1, 2)}


def _no_label(report: Report, at: Path, value: Any) -> None:
    words = "A text input within a label has no label of its own"
    report.add(at, "BASE_TYPE_CHOICES", words)


def _input(shape: Rule) -> Rule:
    def rule(report: Report, at: Path, value: Any) -> None:
        shape(report, at, value)
        given = value.get("value")
        most, least = value.get("max_length"), value.get("min_length")
        if isinstance(given, str) and isinstance(most, int) and len(given) > most:
            words = f"Must be {most} or fewer in length."
            report.add((*at, "value"), "BASE_TYPE_MAX_LENGTH", words)
        if isinstance(least, int) and isinstance(most, int) and least > most:
            words = "The minimum is greater than the maximum"
            report.add((*at, "min_length"), "BASE_TYPE_BAD_LENGTH", words)

    return rule


_INPUT = _input(rules.shape(_INPUT_NEEDS, {**_INPUT_FIELDS, "label": _no_label}))
_LABELED_INPUT = _input(rules.shape({**_INPUT_NEEDS, "label": rules.text(45, 1)}, _INPUT_FIELDS))
_UPLOAD = rules.shape(
    {"custom_id": CUSTOM_ID},
    {
        **_BASE,
        "min_values": rules.whole(0, 10),
        "max_values": rules.whole(1, 10),
        "required": rules.flag,
    },
)
_RADIO = rules.shape(
    {"custom_id": CUSTOM_ID, "options": rules.items(_OPTION, 10, 2)},
    {**_BASE, "required": rules.flag},
)
_CHECKBOXES = rules.shape(
    {"custom_id": CUSTOM_ID, "options": rules.items(_OPTION, 10, 1)},
    {
        **_BASE,
        "required": rules.flag,
        "min_values": rules.whole(0, 10),
        "max_values": rules.whole(1, 10),
    },
)
_CHECKBOX = rules.shape({"custom_id": CUSTOM_ID}, {**_BASE, "default": rules.flag})
_LABEL = rules.shape(
    {
        "label": rules.text(45, 1),
        "component": rules.by_type(
            {
                TEXT_INPUT: _INPUT,
                **{one: _select(modal=True, kind=one) for one in SELECTS},
                FILE_UPLOAD: _UPLOAD,
                RADIO_GROUP: _RADIO,
                CHECKBOX_GROUP: _CHECKBOXES,
                CHECKBOX: _CHECKBOX,
            }
        ),
    },
    {**_BASE, "description": rules.text(100)},
)
_OLD_ROW = rules.shape(
    {"components": rules.items(rules.by_type({TEXT_INPUT: _LABELED_INPUT}), 1, 1)}, _BASE
)
_MODAL = rules.shape(
    {
        "custom_id": CUSTOM_ID,
        "title": rules.text(45, 1),
        "components": rules.items(
            rules.by_type({ROW: _OLD_ROW, TEXT_DISPLAY: _TEXT, LABEL: _LABEL}), 5, 1
        ),
    }
)


def modal(report: Report, at: Path, value: Any) -> None:
    """The data of a modal."""
    _MODAL(report, at, value)
    if isinstance(value, dict) and isinstance(value.get("components"), list):
        together(report, (*at, "components"), value["components"])


def together(report: Report, at: Path, components: list[Any]) -> None:
    """What holds for all components of a message or modal: no custom_id stands twice."""
    try:
        every = components_of(components)
    except (AttributeError, TypeError):
        return  # a wrong shape, which the rules have reported
    seen: set[str] = set()
    for one in every:
        custom_id = one.get("custom_id")
        if custom_id in seen:
            words = "Component custom id cannot be duplicated"
            report.add(at, "COMPONENT_CUSTOM_ID_DUPLICATED", words)
        if custom_id is not None:
            seen.add(custom_id)


def layout(report: Report, at: Path, value: Any) -> None:
    """The components of a message that has no other content."""
    LAYOUT(report, at, value)
    if report.errors:
        return
    every = components_of(value)
    if len(every) > MOST_COMPONENTS:
        words = f"The total number of components cannot exceed {MOST_COMPONENTS}"
        report.add(at, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", words)
    if sum(len(str(one.get("content", ""))) for one in every) > MOST_TEXT:
        words = f"The total text cannot exceed {MOST_TEXT} characters"
        report.add(at, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", words)
    together(report, at, value)


def rows(report: Report, at: Path, value: Any) -> None:
    """The components of an ordinary message."""
    ROWS(report, at, value)
    if isinstance(value, list):
        together(report, at, value)


def numbered(components: list[Json]) -> list[Json]:
    """Components with the ids that Discord gives to those without."""
    every = components_of(components)
    taken = {one["id"] for one in every if one.get("id")}
    free = (number for number in range(1, 10_000) if number not in taken)
    for one in every:
        if not one.get("id"):
            one["id"] = next(free)
    return components
