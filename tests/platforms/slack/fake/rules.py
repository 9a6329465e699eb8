"""Small rules from which the shapes of blocks and views are put together.

The words are those that Slack answers in `response_metadata.messages`, such as
"[ERROR] must be less than 25 characters [json-pointer:/view/title/text]".
"""

from collections.abc import Callable, Mapping
from typing import Any

Rule = Callable[["Report", str, Any], None]


class Report:
    """What is wrong with a thing, and where."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, at: str, words: str) -> None:
        self.found.append(f"[ERROR] {words} [json-pointer:{at}]")


def text(most: int, least: int = 0) -> Rule:
    """A string of so many characters."""

    def rule(report: Report, at: str, value: Any) -> None:
        if not isinstance(value, str):
            report.add(at, "must be a string")
        elif len(value) > most:
            report.add(at, f"must be less than {most + 1} characters")
        elif len(value) < least:
            report.add(at, f"must be more than {least - 1} characters")

    return rule


def flag(report: Report, at: str, value: Any) -> None:
    """True or false."""
    if not isinstance(value, bool):
        report.add(at, "must be a boolean")


def whole(least: int, most: int) -> Rule:
    """An integer in a range."""

    def rule(report: Report, at: str, value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            report.add(at, "must be an integer")
        elif value > most:
            report.add(at, f"must be less than {most + 1}")
        elif value < least:
            report.add(at, f"must be more than {least - 1}")

    return rule


def one_of(*words: str) -> Rule:
    """One of some fixed words."""

    def rule(report: Report, at: str, value: Any) -> None:
        if value not in words:
            report.add(at, "must be a valid enum value")

    return rule


def items(each: Rule, most: int, least: int = 1) -> Rule:
    """A list of things that obey one rule."""

    def rule(report: Report, at: str, value: Any) -> None:
        if not isinstance(value, list):
            report.add(at, "must be an array")
            return
        if len(value) > most:
            report.add(at, f"no more than {most} items allowed")
        if len(value) < least:
            report.add(at, f"must provide at least {least} items")
        for number, item in enumerate(value):
            each(report, f"{at}/{number}", item)

    return rule


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """An object with these keys and no others."""
    known = {**required, **(optional or {})}

    def rule(report: Report, at: str, value: Any) -> None:
        if not isinstance(value, dict):
            report.add(at, "must be an object")
            return
        for name in required:
            if value.get(name) is None:
                report.add(at, f"missing required field: {name}")
        for name, content in value.items():
            if name == "type":
                continue
            if name not in known:
                report.add(at, f"invalid additional property: {name}")
            elif content is not None:
                known[name](report, f"{at}/{name}", content)

    return rule


def by_type(kinds: Mapping[str, Rule]) -> Rule:
    """An object whose `type` says which rule it obeys."""

    def rule(report: Report, at: str, value: Any) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind is None:
            report.add(at, "missing required field: type")
        elif kind not in kinds:
            report.add(f"{at}/type", f"unsupported type: {kind}")
        else:
            kinds[kind](report, at, value)

    return rule


def both(*rules: Rule) -> Rule:
    """A thing that obeys several rules."""

    def rule(report: Report, at: str, value: Any) -> None:
        for each in rules:
            each(report, at, value)

    return rule


ID = text(255, 1)


def plain(most: int) -> Rule:
    """A `plain_text` object.

    https://docs.slack.dev/reference/block-kit/composition-objects/text-object
    """
    return by_type({"plain_text": shape({"text": text(most, 1)}, {"emoji": flag})})


def words(most: int) -> Rule:
    """A text object of either type."""
    return by_type(
        {
            "plain_text": shape({"text": text(most, 1)}, {"emoji": flag}),
            "mrkdwn": shape({"text": text(most, 1)}, {"verbatim": flag}),
        }
    )
