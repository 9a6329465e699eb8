"""Small rules from which the shapes of request bodies are put together.

The codes and words are those that stand in `errors` of an invalid form body:
https://discord.com/developers/docs/reference#error-messages
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from tests.platforms.discord.fake.errors import DiscordError, Json

Path = tuple[str, ...]
Rule = Callable[["Report", Path, Any], None]


class Report:
    """What is wrong with a body, and where; and what no page of the documentation knows."""

    def __init__(self) -> None:
        self.errors: Json = {}
        self.unknown: list[str] = []

    def add(self, at: Path, code: str, words: str) -> None:
        inner = self.errors
        for name in at:
            inner = inner.setdefault(name, {})
        inner.setdefault("_errors", []).append({"code": code, "message": words})

    def undocumented(self, at: Path) -> None:
        self.unknown.append(".".join(at))


def check(rule: Rule, body: Any) -> list[str]:
    """Refuses a body that breaks a rule; else the fields that are documented nowhere."""
    report = Report()
    rule(report, (), body)
    if report.errors:
        raise DiscordError(50035, errors=report.errors)
    return report.unknown


def text(most: int, least: int = 0, pattern: str = "") -> Rule:
    """A string of so many characters."""
    fits = re.compile(pattern)

    def rule(report: Report, at: Path, value: Any) -> None:
        if not isinstance(value, str):
            report.add(at, "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
        elif least and not least <= len(value) <= most:
            words = f"Must be between {least} and {most} in length."
            report.add(at, "BASE_TYPE_BAD_LENGTH", words)
        elif len(value) > most:
            report.add(at, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        elif pattern and not fits.fullmatch(value):
            words = "String value did not match validation regex."
            report.add(at, "STRING_TYPE_REGEX", words)

    return rule


def flag(report: Report, at: Path, value: Any) -> None:
    """True or false."""
    if not isinstance(value, bool):
        report.add(at, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")


def whole(least: int, most: int) -> Rule:
    """An integer in a range."""

    def rule(report: Report, at: Path, value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            report.add(at, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif value > most:
            words = f"int value should be less than or equal to {most}."
            report.add(at, "NUMBER_TYPE_MAX", words)
        elif value < least:
            words = f"int value should be greater than or equal to {least}."
            report.add(at, "NUMBER_TYPE_MIN", words)

    return rule


def snowflake(report: Report, at: Path, value: Any) -> None:
    """An id, as text or number."""
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,20}", str(value)):
        report.add(at, "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')


def url(*schemes: str, most: int = 2048) -> Rule:
    """An address with one of these schemes."""

    def rule(report: Report, at: Path, value: Any) -> None:
        text(most)(report, at, value)
        if isinstance(value, str) and not value.startswith(tuple(f"{one}://" for one in schemes)):
            words = f'Scheme "{value.partition(":")[0]}" must be one of {schemes}.'
            report.add(at, "URL_TYPE_INVALID_SCHEME", words)

    return rule


def anything(report: Report, at: Path, value: Any) -> None:
    """Whatever it is."""


def one_of(*known: Any) -> Rule:
    """One of some fixed values."""

    def rule(report: Report, at: Path, value: Any) -> None:
        if value not in known:
            among = ", ".join(str(one) for one in known)
            report.add(at, "BASE_TYPE_CHOICES", f"Value must be one of {{{among}}}.")

    return rule


def items(each: Rule, most: int, least: int = 0) -> Rule:
    """A list of things that obey one rule."""

    def rule(report: Report, at: Path, value: Any) -> None:
        if not isinstance(value, list):
            report.add(at, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return
        if least and not least <= len(value) <= most:
            words = f"Must be between {least} and {most} in length."
            report.add(at, "BASE_TYPE_BAD_LENGTH", words)
        elif len(value) > most:
            report.add(at, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        for number, item in enumerate(value):
            each(report, (*at, str(number)), item)

    return rule


def shape(
    required: Mapping[str, Rule],
    optional: Mapping[str, Rule] | None = None,
    nullable: Collection[str] = (),
) -> Rule:
    """An object with these fields; null stands for absent, as the API takes it in most places."""
    known = {**required, **(optional or {})}

    def rule(report: Report, at: Path, value: Any) -> None:
        if not isinstance(value, dict):
            words = "Only dictionaries may be used in a DictType"
            report.add(at, "DICT_TYPE_CONVERT", words)
            return
        for name in required:
            if value.get(name) is None and name not in nullable:
                report.add((*at, name), "BASE_TYPE_REQUIRED", "This field is required")
        for name, content in value.items():
            if name not in known:
                report.undocumented((*at, name))
            elif content is not None:
                known[name](report, (*at, name), content)

    return rule


def by_type(kinds: Mapping[int, Rule]) -> Rule:
    """An object whose `type` says which rule it obeys."""

    def rule(report: Report, at: Path, value: Any) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, int) or kind not in kinds:
            among = ", ".join(str(one) for one in kinds)
            words = f'Value of field "type" must be one of ({among}).'
            report.add((*at, "type"), "UNION_TYPE_CHOICES", words)
        else:
            kinds[kind](report, at, value)

    return rule


def both(*rules: Rule) -> Rule:
    """A thing that obeys several rules."""

    def rule(report: Report, at: Path, value: Any) -> None:
        for each in rules:
            each(report, at, value)

    return rule


def either(test: Callable[[Any], bool], yes: Rule, no: Rule) -> Rule:
    """One rule or another, by the value."""

    def rule(report: Report, at: Path, value: Any) -> None:
        (yes if test(value) else no)(report, at, value)

    return rule
