"""How what a person types becomes a value, or a sentence about it."""

from contextlib import suppress
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

import pytest

from commands.params import (
    Channel,
    Day,
    Email,
    Link,
    LongText,
    Moment,
    OneOf,
    ParamType,
    Picked,
    Somebody,
    Text,
    TimeOfDay,
    Whole,
    Words,
    YesNo,
    Zone,
)
from commands.registry import Call, Registry
from core.errors import UserError
from core.interaction import Choice, Input, Invocation
from storage.database import Tx
from storage.words import MemberState, Role
from tests import builders
from tests.faculty import TUESDAY, Faculty


class Color(StrEnum):
    RED = "red"
    BLUE = "blue"


def parsed(faculty: Faculty, kind: ParamType, raw: str, who: str = "olga") -> Any:
    """The value of what somebody types: Olga, who organizes, if nobody else is named."""

    def work(tx: Tx) -> Any:
        asked = Invocation("k", faculty.home.id, "u", "x")
        call = Call(tx, TUESDAY, asked, faculty.home, faculty.members[who], Registry())
        return kind.parse(raw, call)

    return faculty.community.read_now(work)


def completed(faculty: Faculty, kind: ParamType, typed: str, who: str = "olga") -> list[Choice]:
    def work(tx: Tx) -> list[Choice]:
        asked = Invocation("k", faculty.home.id, "u", "x")
        call = Call(tx, TUESDAY, asked, faculty.home, faculty.members[who], Registry())
        return list(kind.complete(typed, call))

    return faculty.community.read_now(work)


COLORS = Picked(
    "Color",
    options=lambda call, typed: [Choice("r", "Deep red"), Choice("b", "Deep blue")],
    load=lambda call, raw: {"r": Color.RED, "b": Color.BLUE}.get(raw),
)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (Text("Title"), "  two\n lines ", "two lines"),
        (Text("Title"), "👩‍🏫 مرحبا @everyone <b>", "👩‍🏫 مرحبا @everyone <b>"),
        (LongText("Body"), " one\r\n\r\ntwo  ", "one\n\ntwo"),
        (Whole("Minutes", least=5, most=480), " 45 ", 45),
        (Whole("Minutes"), "1,200", 1200),
        (OneOf("Color", words=Color), "BLUE", Color.BLUE),
        (OneOf("Color", labels=(("r", "Deep red"),)), "deep red", "r"),
        (YesNo("Sure"), "Yes", True),
        (YesNo("Sure"), "off", False),
        (TimeOfDay("From"), "9pm", time(21)),
        (TimeOfDay("From"), "12:30 a.m.", time(0, 30)),
        (TimeOfDay("From"), "21.15", time(21, 15)),
        (Zone("Zone"), "america/new york", "America/New_York"),
        (Zone("Zone"), "Eastern", "America/New_York"),
        (Zone("Zone"), "chicago", "America/Chicago"),
        (Email("E-mail"), " Ada@Example.org ", "ada@example.org"),
        (Link("Link"), "https://example.org/x?y=1", "https://example.org/x?y=1"),
        (Words("Subjects"), "Art, art history; Art\nMusic", ["Art", "art history", "Music"]),
        (Channel("Channel"), "<#C0123|general>", "C0123"),
        (Channel("Channel"), "<#99>", "99"),
        (Channel("Channel"), "#c-general", "c-general"),
        (Day("Day"), "2026-09-07", date(2026, 9, 7)),
        (Day("Day"), "today", date(2026, 9, 1)),
        (Day("Day", ahead=False), "2020-01-01", date(2020, 1, 1)),
        (COLORS, "r", Color.RED),
        (COLORS, "deep blue", Color.BLUE),
        (COLORS, "blu", Color.BLUE),
    ],
)  # fmt: skip
def test_a_value_is_understood_as_people_write_it(
    faculty: Faculty, kind: ParamType, raw: str, value: object
) -> None:
    assert parsed(faculty, kind, raw) == value


@pytest.mark.parametrize(
    ("kind", "raw", "said"),
    [
        (Text("Title", limit=10), "x" * 12, "has 12 characters; at most 10 fit"),
        (LongText("Body"), "x" * 100_000, "Please shorten it by 80,000."),
        (Whole("Minutes", least=5, most=480), "4", "between 5 and 480"),
        (Whole("Minutes", least=5), "many", "whole number, for instance 5"),
        (Whole("Minutes"), "9" * 100_000, "whole number"),
        (OneOf("Color", words=Color), "green", "Color is one of: red, blue."),
        (YesNo("Sure"), "maybe", "yes or no"),
        (TimeOfDay("From"), "25:00", "time of day, for instance 21:00"),
        (TimeOfDay("From"), "13pm", "time of day"),
        (TimeOfDay("From"), "7", "time of day"),
        (Zone("Zone"), "Detriot", "Did you mean America/Detroit?"),
        (Zone("Zone"), "x" * 100_000, "not a time zone"),
        (Email("E-mail"), "ada", "not an e-mail address"),
        (Email("E-mail"), "a@" + "." * 100_000, "not an e-mail address"),
        (Link("Link"), "javascript:alert(1)", "web address that begins with https://"),
        (Words("Subjects", most=2), "a, b, c", "at most 2"),
        (Channel("Channel"), "two words", "not a channel"),
        (Moment("When"), "2026-08-31 9am", "has passed"),
        (Moment("When"), "soon", "cannot read “soon”"),
        (Day("Day"), "2026-08-31", "has passed"),
        (COLORS, "green", "nothing is called “green”"),
        (COLORS, "deep", "Pick one from the list"),
        (Somebody("Member"), "Zoe", "No member is called “Zoe”"),
        (Somebody("Member"), "%", "No member is called"),
        (Somebody("Member"), "x" * 100_000, "No member is called"),
        (Somebody("Coach", roles=(Role.COACH,)), "Ada", "No coach is called “Ada”"),
    ],
)
def test_a_value_that_will_not_do_is_answered_with_the_mend(
    faculty: Faculty, kind: ParamType, raw: str, said: str
) -> None:
    with pytest.raises(UserError) as caught:
        parsed(faculty, kind, raw)
    assert said in caught.value.text
    assert len(caught.value.text) < 300


def test_a_member_is_found_by_name_e_mail_id_and_mention(faculty: Faculty) -> None:
    ada, account = faculty.members["ada"], faculty.accounts["ada"]
    mention = f"<@{account.external_id}>".replace("-", "_")
    faculty.write(
        lambda tx: setattr(tx.get(type(account), account.id), "external_id", mention[2:-1])
    )
    for typed in ("ada", "Ada Example", "ADA@example.org", ada.id, "@ada", mention):
        assert parsed(faculty, Somebody("Member"), typed).id == ada.id, typed


def test_an_ambiguous_name_is_answered_with_who_it_could_be(faculty: Faculty) -> None:
    with pytest.raises(UserError) as caught:
        parsed(faculty, Somebody("Member"), "Example")
    assert "could be Ada Example (ada@example.org), Ben Example" in caught.value.text


def test_e_mails_are_for_organizers_alone(faculty: Faculty) -> None:
    for typed in ("example.org", "ada@", "ADA@example.org"):
        with pytest.raises(UserError, match="No member is called"):
            parsed(faculty, Somebody("Member"), typed, "ben")
        assert completed(faculty, Somebody("Member"), typed, "ben") == []
    with pytest.raises(UserError) as caught:
        parsed(faculty, Somebody("Member"), "Example", "ben")
    assert "could be Ada Example (teacher, Cohort 1), Ben Example" in caught.value.text
    assert "@" not in caught.value.text


def test_people_of_one_name_are_told_apart_by_their_id(faculty: Faculty) -> None:
    twin = faculty.write(
        lambda tx: builders.member(tx, "Ada Example", Role.COACH, email="twin@example.org")
    )
    with pytest.raises(UserError) as caught:
        parsed(faculty, Somebody("Member"), "Ada Example", "ben")
    assert f"Ada Example (coach, id {twin.id})" in caught.value.text
    assert parsed(faculty, Somebody("Member"), twin.id, "ben").id == twin.id


@pytest.mark.parametrize("state", [MemberState.WAITING, MemberState.INVITED])
def test_who_has_not_come_is_known_to_organizers_alone(
    faculty: Faculty, state: MemberState
) -> None:
    zoe = faculty.write(lambda tx: builders.member(tx, "Zoe Example", state=state))
    assert parsed(faculty, Somebody("Member"), "Zoe").id == zoe.id
    for typed in ("Zoe", zoe.id):
        with pytest.raises(UserError, match="No member is called"):
            parsed(faculty, Somebody("Member"), typed, "ben")


def test_a_whole_name_counts_more_than_a_longer_one(faculty: Faculty) -> None:
    faculty.write(lambda tx: builders.member(tx, "Ada Example-Jones", email="jones@example.org"))
    found = parsed(faculty, Somebody("Member"), "ada example")
    assert found.id == faculty.members["ada"].id


def test_an_id_does_not_get_around_the_role(faculty: Faculty) -> None:
    with pytest.raises(UserError):
        parsed(faculty, Somebody("Coach", roles=(Role.COACH,)), faculty.members["ada"].id)


def test_completions_fit_what_was_typed_and_the_role(faculty: Faculty) -> None:
    coach = Somebody("Coach", roles=(Role.COACH,))
    assert [choice.label for choice in completed(faculty, coach, "c")] == ["Cora Example · coach"]
    assert [choice.value for choice in completed(faculty, COLORS, "RED")] == ["r"]
    assert "America/Detroit" in [one.value for one in completed(faculty, Zone("Z"), "detr")]


def test_no_more_than_twenty_five_completions_are_offered(faculty: Faculty) -> None:
    def many(tx: Tx) -> None:
        for number in range(40):
            builders.member(tx, f"Pat{number} Example")

    faculty.write(many)
    assert len(completed(faculty, Somebody("Member"), "pat")) == 25
    assert len(completed(faculty, Zone("Zone"), "a")) == 25


EVERY_KIND: tuple[ParamType, ...] = (
    Text("T"), LongText("T"), Whole("T"), OneOf("T", words=Color), YesNo("T"), Moment("T"),
    Day("T"), TimeOfDay("T"), Zone("T"), Email("T"), Link("T"), Words("T"), Somebody("T"), COLORS,
    Channel("T"),
)  # fmt: skip


@pytest.mark.parametrize("kind", EVERY_KIND, ids=lambda kind: type(kind).__name__)
def test_a_default_of_none_shows_as_nothing(kind: ParamType) -> None:
    param = kind.param("x", False, None)
    assert (param.name, param.default, param.required) == ("x", "", False)


@pytest.mark.parametrize("kind", EVERY_KIND, ids=lambda kind: type(kind).__name__)
@pytest.mark.parametrize("raw", ["\u202eevil", "'; DROP TABLE member; --", "@everyone", "`" * 500])
def test_odd_input_is_a_value_or_a_sentence(faculty: Faculty, kind: ParamType, raw: str) -> None:
    with suppress(UserError):
        parsed(faculty, kind, raw)


def test_platforms_are_told_how_a_parameter_is_entered() -> None:
    assert LongText("Body", limit=20_000).param("body", True, None).max_length == 20_000
    assert Whole("Minutes", least=5, most=480).param("minutes", True, None).least == 5
    assert Channel("Channel").param("channel", True, None).input is Input.CHANNEL
    shown = OneOf("Color", words=Color).param("color", False, Color.RED)
    assert (shown.default, [one.label for one in shown.choices]) == ("red", ["Red", "Blue"])
    assert YesNo("Sure").param("sure", False, False).default == "no"


def test_moments_are_read_on_the_clock_of_the_asker(faculty: Faculty) -> None:
    found = parsed(faculty, Moment("When"), "2026-09-30 16:00")
    assert found == datetime(2026, 9, 30, 20, tzinfo=TUESDAY.tzinfo)
