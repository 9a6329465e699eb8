"""The types of parameters: how what a person types becomes a value, or a sentence about it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from commands.moments import understand_moment
from commands.registry import Call
from core import times, zones
from core.errors import UserError
from core.interaction import Choice, Input, Param
from storage import members
from storage.cohorts import Cohort
from storage.members import Member
from storage.words import MemberState, Role

SUGGESTIONS = 25  # Discord and Slack show no more


@dataclass(frozen=True)
class ParamType:
    """A kind of parameter, with the words that people see."""

    label: str
    help: str = ""

    def parse(self, raw: str, call: Call) -> Any:
        """The value of what was typed. Raises UserError with a sentence that tells the fix."""
        raise NotImplementedError

    def complete(self, typed: str, call: Call) -> Sequence[Choice]:
        return ()

    def param(self, name: str, required: bool, default: Any) -> Param:
        """How platforms show it."""
        return Param(name, self.label, self.help, Input.TEXT, required, _shown(default))


@dataclass(frozen=True)
class Text(ParamType):
    """One line."""

    limit: int = 300

    def parse(self, raw: str, call: Call) -> str:
        text = " ".join(raw.split())
        return _within(text, self.limit, self.label)

    def param(self, name: str, required: bool, default: Any) -> Param:
        return Param(
            name, self.label, self.help, required=required, default=_shown(default),
            max_length=self.limit,
        )  # fmt: skip


@dataclass(frozen=True)
class LongText(ParamType):
    """Several paragraphs of CommonMark. Adapters spread it over as many inputs as they need."""

    limit: int = 20_000

    def parse(self, raw: str, call: Call) -> str:
        return _within(raw.replace("\r\n", "\n").strip(), self.limit, self.label)

    def param(self, name: str, required: bool, default: Any) -> Param:
        return Param(
            name, self.label, self.help, Input.LONG, required, _shown(default),
            max_length=self.limit,
        )  # fmt: skip


@dataclass(frozen=True)
class Whole(ParamType):
    """A whole number within limits, both included."""

    least: int = 0
    most: int = 1_000_000

    def parse(self, raw: str, call: Call) -> int:
        text = raw.strip().replace(",", "")
        if not re.fullmatch(r"[+-]?\d{1,12}", text):
            raise UserError(f"{self.label} is a whole number, for instance {self.least or 1}.")
        value = int(text)
        if not self.least <= value <= self.most:
            raise UserError(f"{self.label} is between {self.least} and {self.most}.")
        return value

    def param(self, name: str, required: bool, default: Any) -> Param:
        return Param(
            name, self.label, self.help, Input.INTEGER, required, _shown(default),
            least=self.least, most=self.most,
        )  # fmt: skip


@dataclass(frozen=True)
class OneOf(ParamType):
    """One word of a closed vocabulary. `labels` are what people see, by value."""

    words: type[StrEnum] | None = None
    labels: tuple[tuple[str, str], ...] = ()

    def choices(self) -> tuple[Choice, ...]:
        named = dict(self.labels)
        values = [word.value for word in self.words] if self.words else list(named)
        if named:
            values = [value for value in values if value in named]
        return tuple(Choice(value, named.get(value, value.capitalize())) for value in values)

    def parse(self, raw: str, call: Call) -> Any:
        typed = raw.strip().lower()
        for choice in self.choices():
            if typed in (choice.value.lower(), choice.label.lower()):
                return self.words(choice.value) if self.words else choice.value
        names = ", ".join(choice.value for choice in self.choices())
        raise UserError(f"{self.label} is one of: {names}.")

    def param(self, name: str, required: bool, default: Any) -> Param:
        return Param(
            name, self.label, self.help, Input.CHOICE, required, _shown(default),
            choices=self.choices(),
        )  # fmt: skip


@dataclass(frozen=True)
class YesNo(ParamType):
    """Yes or no."""

    def parse(self, raw: str, call: Call) -> bool:
        typed = raw.strip().lower()
        if typed in ("yes", "y", "true", "1", "on"):
            return True
        if typed in ("no", "n", "false", "0", "off"):
            return False
        raise UserError(f"{self.label} is yes or no.")

    def param(self, name: str, required: bool, default: Any) -> Param:
        shown = {True: "yes", False: "no", None: ""}[default]
        both = (Choice("yes", "Yes"), Choice("no", "No"))
        return Param(name, self.label, self.help, Input.CHOICE, required, shown, choices=both)


@dataclass(frozen=True)
class Moment(ParamType):
    """A moment as people write it ("next Tuesday 4pm"), in the asker's zone. Must lie ahead."""

    def parse(self, raw: str, call: Call) -> datetime:
        value = understand_moment(raw, call.now, call.zone)
        example = "for instance: next Tuesday 4pm, or 2026-09-30 16:00"
        if value is None:
            raise UserError(f"I cannot read “{_short(raw)}” as a date and time; {example}.")
        if value <= call.now:
            raise UserError(
                f"{times.plain(value, call.zone)} has passed. Give a moment that lies ahead, "
                f"{example}."
            )
        return value


@dataclass(frozen=True)
class Day(ParamType):
    """A date, in the asker's zone. `ahead`: it must not have passed."""

    ahead: bool = True

    def parse(self, raw: str, call: Call) -> date:
        value = understand_moment(raw, call.now, call.zone)
        if value is None:
            raise UserError(
                f"I cannot read “{_short(raw)}” as a date; "
                "for instance: 2026-09-07, or next Monday."
            )
        found = value.astimezone(ZoneInfo(call.zone)).date()
        if self.ahead and found < call.now.astimezone(ZoneInfo(call.zone)).date():
            raise UserError(f"{times.day(found)} has passed. Give a day that lies ahead.")
        return found


@dataclass(frozen=True)
class TimeOfDay(ParamType):
    """A local time of day: "21:00", "9pm"."""

    def parse(self, raw: str, call: Call) -> time:
        found = re.fullmatch(r"\s*(\d{1,2})(?:[:.](\d\d))?\s*([ap]\.?m\.?)?\s*", raw.lower())
        if found:
            hour, minute = int(found[1]), int(found[2] or 0)
            if found[3]:
                hour = hour % 12 + (12 if found[3].startswith("p") else 0) if 0 < hour <= 12 else 99
            if hour <= 23 and minute <= 59 and (found[2] or found[3]):
                return time(hour, minute)
        raise UserError(f"{self.label} is a time of day, for instance 21:00 or 9pm.")


@dataclass(frozen=True)
class Zone(ParamType):
    """An IANA time zone."""

    def parse(self, raw: str, call: Call) -> str:
        return zones.need(raw)

    def complete(self, typed: str, call: Call) -> Sequence[Choice]:
        names = zones.matching(typed, SUGGESTIONS)
        return [Choice(name, name.replace("_", " ")) for name in names]

    def param(self, name: str, required: bool, default: Any) -> Param:
        return Param(
            name, self.label, self.help, required=required, default=_shown(default),
            completes=True,
        )  # fmt: skip


@dataclass(frozen=True)
class Email(ParamType):
    def parse(self, raw: str, call: Call) -> str:
        if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]{2,}", raw.strip()):
            raise UserError(f"“{_short(raw)}” is not an e-mail address, such as ada@example.org.")
        return raw.strip().lower()


@dataclass(frozen=True)
class Link(ParamType):
    """A web address."""

    def parse(self, raw: str, call: Call) -> str:
        text = raw.strip()
        if not re.fullmatch(r"https?://[^\s<>\"]{3,500}", text):
            raise UserError(f"{self.label} is a web address that begins with https://.")
        return text


@dataclass(frozen=True)
class Channel(ParamType):
    """A channel of the home where it is asked, by the platform's id or as a mention of it."""

    def parse(self, raw: str, call: Call) -> str:
        mention = re.fullmatch(r"\s*<#([^|>\s]+)(?:\|[^>]*)?>\s*", raw)
        name = mention[1] if mention else raw.strip().lstrip("#")
        if not re.fullmatch(r"\S{1,100}", name):
            raise UserError(f"“{_short(raw)}” is not a channel. Pick one from the list.")
        return name

    def param(self, name: str, required: bool, default: Any) -> Param:
        return Param(name, self.label, self.help, Input.CHANNEL, required, _shown(default))


@dataclass(frozen=True)
class PlatformRole(ParamType):
    """A role of a Discord server, by its id or as a mention of it; other platforms have none."""

    def parse(self, raw: str, call: Call) -> str:
        found = re.fullmatch(r"\s*(?:<@&)?(\d{1,20})>?\s*", raw)
        if found is None:
            raise UserError(
                f"“{_short(raw)}” is not a role of a Discord server. Pick one from the list there; "
                "on other platforms there are none."
            )
        return found[1]

    def param(self, name: str, required: bool, default: Any) -> Param:
        return Param(name, self.label, self.help, Input.ROLE, required, _shown(default))


@dataclass(frozen=True)
class Words(ParamType):
    """A list of short texts, separated by commas."""

    most: int = 12

    def parse(self, raw: str, call: Call) -> list[str]:
        found = [" ".join(part.split()) for part in re.split(r"[,;\n]", raw)]
        unique = list(dict.fromkeys(part for part in found if part))
        if len(unique) > self.most or any(len(part) > 60 for part in unique):
            raise UserError(
                f"{self.label}: at most {self.most}, separated by commas, each up to 60 characters."
            )
        return unique


@dataclass(frozen=True)
class Somebody(ParamType):
    """A member, by name or id; for organizers also by e-mail, and before they have come.

    `roles` limits who is suggested and accepted.
    """

    roles: tuple[Role, ...] = ()

    def parse(self, raw: str, call: Call) -> Member:
        typed = raw.strip().lstrip("@")
        exact = call.tx.get(Member, typed) or _mentioned(raw, call)
        found = [exact] if exact and self._fits(exact, call) else self._like(typed, call)
        if len(found) > 1:
            emails = _sees_emails(call)
            same = [
                m
                for m in found
                if typed.lower() == m.name.lower() or (emails and typed.lower() == m.email)
            ]
            found = same if len(same) == 1 else found
        if not found:
            who = " or ".join(role.value for role in self.roles) or "member"
            raise UserError(f"No {who} is called “{_short(raw)}”. Type a part of the name.")
        if len(found) > 1:
            names = ", ".join(_told_apart(m, found, call) for m in found[:5])
            how = "by e-mail" if _sees_emails(call) else "by the whole name or the id"
            raise UserError(f"“{_short(raw)}” could be {names}. Say which {how}.")
        return found[0]

    def complete(self, typed: str, call: Call) -> Sequence[Choice]:
        hits = self._like(typed.strip().lstrip("@"), call)
        return [Choice(m.id, f"{m.name} · {m.role.value}") for m in hits[:SUGGESTIONS]]

    def _like(self, typed: str, call: Call) -> list[Member]:
        if len(typed) > 100:  # no name is that long, and no database looks for it
            return []
        find = members.known_as if _sees_emails(call) else members.named_like
        return [m for m in find(call.tx, typed, limit=200) if self._fits(m, call)]

    def _fits(self, member: Member, call: Call) -> bool:
        seen = _sees_emails(call) or member.state is MemberState.ACTIVE
        return seen and (not self.roles or member.role in self.roles)

    def param(self, name: str, required: bool, default: Any) -> Param:
        return Param(name, self.label, self.help, required=required, completes=True)


@dataclass(frozen=True)
class Picked(ParamType):
    """Something that is chosen from a list which depends on data, by its id or its label.

    `options(call, typed)` gives what can be chosen; `load(call, id)` the thing itself, or None.
    """

    options: Callable[[Call, str], Sequence[Choice]] | None = None
    load: Callable[[Call, str], Any] | None = None

    def parse(self, raw: str, call: Call) -> Any:
        typed = raw.strip()
        found = self.load(call, typed) if self.load else None
        if found is not None:
            return found
        hits = self._hits(typed, call)
        exact = [choice for choice in hits if choice.label.lower() == typed.lower()]
        for choice in exact or (hits if len(hits) == 1 else []):
            found = self.load(call, choice.value) if self.load else None
            if found is not None:
                return found
        raise UserError(f"{self.label}: nothing is called “{_short(raw)}”. Pick one from the list.")

    def complete(self, typed: str, call: Call) -> Sequence[Choice]:
        return self._hits(typed, call)[:SUGGESTIONS]

    def _hits(self, typed: str, call: Call) -> list[Choice]:
        everything = self.options(call, typed) if self.options else ()
        wanted = typed.strip().lower()
        return [choice for choice in everything if wanted in choice.label.lower()]

    def param(self, name: str, required: bool, default: Any) -> Param:
        return Param(name, self.label, self.help, required=required, completes=True)


def _sees_emails(call: Call) -> bool:
    """E-mails, and who has not come yet, are for organizers."""
    return call.role is Role.ORGANIZER


def _told_apart(member: Member, others: Sequence[Member], call: Call) -> str:
    """A name with what tells it from those of others."""
    if _sees_emails(call):
        return f"{member.name} ({member.email or member.id})"
    cohort = call.tx.get(Cohort, member.cohort_id)
    known = [member.role.value, cohort.name if cohort else ""]
    if sum(one.name == member.name for one in others) > 1:
        known.append(f"id {member.id}")
    return f"{member.name} ({', '.join(filter(None, known))})"


def _mentioned(raw: str, call: Call) -> Member | None:
    """The member whom a mention means, as platforms write it: `<@U123>`, `<@!123>`, `<@U1|ada>`."""
    found = re.fullmatch(r"\s*<@!?(\w{1,64})(?:\|[^>]*)?>\s*", raw)
    account = members.account(call.tx, call.home.id, found[1]) if found else None
    return call.tx.get(Member, account.member_id) if account else None


def _within(text: str, limit: int, label: str) -> str:
    if not text:
        raise UserError(f"{label} is empty. Please write something.")
    if len(text) > limit:
        raise UserError(
            f"{label} has {len(text):,} characters; at most {limit:,} fit. "
            f"Please shorten it by {len(text) - limit:,}."
        )
    return text


def _short(raw: str) -> str:
    text = " ".join(raw.split())
    return text if len(text) <= 40 else text[:39] + "…"


def _shown(default: Any) -> str:
    return "" if default is None or default == () else str(default)
