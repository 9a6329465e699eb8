"""Program files: what is read, and how faults are told."""

from datetime import date, time

import pytest

from core import program_file
from core.faults import FaultyFile
from core.program_load import shipped
from tests.builders import SMALL_PROGRAM


def faults(text: str) -> list[tuple[int, str]]:
    """Line and fault, for a text that must have some."""
    program, found = program_file.check(text)
    assert program is None
    assert all(fault.mend.endswith((".", "?")) for fault in found)
    return [(fault.line, fault.what) for fault in found]


def changed(old: str, new: str) -> str:
    """The small program with one thing changed."""
    assert old in SMALL_PROGRAM
    return SMALL_PROGRAM.replace(old, new, 1)


@pytest.mark.parametrize("name", list(shipped()))
def test_every_shipped_program_is_without_fault_and_named_as_its_file(name: str) -> None:
    program, found = program_file.check(shipped()[name])
    assert found == []
    assert program is not None
    assert program.name == name


def test_the_first_year_has_36_full_weeks_and_visits_every_standard_often() -> None:
    program = program_file.read(shipped()["first-year-online"])
    assert len(program.weeks) == 36
    assert all(week.prompt and week.webinar and len(week.agenda) == 3 for week in program.weeks)
    visits = [week.standard for week in program.weeks]
    assert all(visits.count(code) >= 3 for code in "ABCDEFGH")
    assert len(program.orientation) == 10


def test_values_stay_as_people_write_them() -> None:
    text = changed(
        "breaks:\n",
        "rhythm: {webinar: Wed 16:00, orientation: 8:30}\nbreaks:\n"
        "  - {name: No school, first_day: 2026-12-21, last_day: 2027-01-01}\n",
    )
    program = program_file.read("\ufeff" + text)
    assert str(program.rhythm.webinar) == "Wednesday 16:00"
    assert program.rhythm.orientation == time(8, 30)
    assert program.breaks[0].name == "No school"
    assert program.breaks[0].first_day == date(2026, 12, 21)


def test_all_faults_are_told_together_in_the_order_of_their_lines() -> None:
    text = (
        SMALL_PROGRAM.replace("title: A Small", "titel: A Small")
        .replace("standard: C", "standard: Z")
        .replace("week: 3", "week: 2")
        .replace("theme: First feedback", "theme:")
    )
    assert faults(text) == [
        (1, "`title` is missing."),
        (2, "`titel` is not known."),
        (8, "Fall break comes after week 2, where nothing follows."),
        (18, 'Standard "Z" is not in nsq-teaching-2019.'),
        (22, "Week 2 is there twice, first in line 16."),
        (23, "`theme` is empty."),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("name: small", "name: Small Program", 1, "`name` is written in a way"),
        ("name: small", "name: [small]", 1, "`name` is not a text"),
        ("nsq-teaching-2019", "nsq-teaching-2091", 3, "There is no framework"),
        ("week: 1", "week: one", 10, "`week` is not a number"),
        ("week: 1", "week: 0", 10, "`week` is 0, which is too small"),
        ("theme: First days", f"theme: {'x' * 101}", 11, "`theme` has 101 characters"),
        ("step: profile", "step: hello", 6, 'The step "hello" is there twice'),
        ("days_before: 3", "days_before: 9", 6, '"Your profile" is sent before "Say hello"'),
        ("after_week: 2, weeks: 1", "after_week: 2", 8, "Fall break does not say when"),
        ("after_week: 2, weeks: 1", "first_day: 2026-11-02", 8, "Fall break does not say when"),
        (
            "after_week: 2, weeks: 1",
            "after_week: 2, weeks: 1, last_day: 2026-11-02",
            8,
            "Fall break does not say when",
        ),
        (
            "after_week: 2, weeks: 1",
            "first_day: 2026-11-09, last_day: 2026-11-02",
            8,
            "Fall break ends before it begins",
        ),
        (
            "after_week: 2, weeks: 1",
            "first_day: 2026-11-31, last_day: 2026-12-02",
            8,
            "`first_day` is not a date",
        ),
        ("after_week: 2", "after_week: 3", 8, "Fall break comes after week 3"),
        (
            "prompt: What surprised you in your first week?",
            "prompt: whose  voice did you not hear THIS week?",
            19,
            "This prompt is the same, word for word",
        ),
        (
            "agenda: [What went well?, What was hard?, What is next?]",
            "agenda: []",
            15,
            "The agenda has no questions",
        ),
        (
            "agenda: [What went well?, What was hard?, What is next?]",
            "agenda: [1, 2, 3, 4, 5, 6, 7, 8, 9]",
            15,
            "`agenda` has 9 entries",
        ),
        (
            "agenda: [What went well?, What was hard?, What is next?]",
            'agenda: [a, " "]',
            15,
            "A question of the agenda is empty",
        ),
        (
            "{title: Starting well, abstract: How to begin.}",
            "{title: Starting well}",
            14,
            "`abstract` is missing in `webinar`",
        ),
        ("theme: First days", "theme: First days\n    theme: Again", 12, "`theme` is there twice"),
    ],
)
def test_each_fault_is_told_with_its_line(old: str, new: str, line: int, what: str) -> None:
    found = faults(changed(old, new))
    assert any(at == line and said.startswith(what) for at, said in found), found


@pytest.mark.parametrize(
    ("rhythm", "what"),
    [
        ("{prompt: Monday 25:00}", "`prompt` is no moment that we can read."),
        ("{webinar: }", "`webinar` is empty."),
        (
            "{nudge: Sunday 21:00}",
            "`nudge` (Sunday 21:00) must come before `due` (Sunday 20:00).",
        ),
        (
            "{due: Saturday 09:00}",
            "`due` (Saturday 09:00) must come after `nudge` (Saturday 10:00).",
        ),
        (
            "{webinar: Monday 09:00}",
            "`webinar` (Monday 09:00) must come after `announcement` (Monday 09:30).",
        ),
        ("{webinar_minutes: many}", "`webinar_minutes` is not a number."),
        ("{webinar_minutes: 999}", "`webinar_minutes` is 999, which is too large."),
        ("weekly", "`rhythm` is not a block."),
    ],
)
def test_moments_of_the_week_are_checked(rhythm: str, what: str) -> None:
    assert faults(changed("breaks:\n", f"rhythm: {rhythm}\nbreaks:\n")) == [(7, what)]


@pytest.mark.parametrize(
    ("terms", "what"),
    [
        (["1-2"], "Week 3 is in no term."),
        (["1-1", "3-3"], "Week 2 is in no term."),
        (["1-2", "2-3"], "Week 2 is in two terms."),
        (["1-4"], "The terms reach to week 4, but the last week is 3."),
        (["3-1"], "T1 ends before it begins."),
        (["one"], "`weeks` is written in a way we cannot read."),
    ],
)
def test_terms_must_cover_the_weeks(terms: list[str], what: str) -> None:
    rows = "".join(
        f"  - {{name: T{n}, weeks: {weeks}}}\n" for n, weeks in enumerate(terms, start=1)
    )
    found = faults(changed("breaks:\n", f"terms:\n{rows}breaks:\n"))
    assert [said for _, said in found] == [what]


def test_terms_that_cover_the_weeks_are_fine() -> None:
    terms = "terms:\n  - {name: A, weeks: 1-2}\n  - {name: B, weeks: 3 - 3}\nbreaks:\n"
    assert program_file.check(changed("breaks:\n", terms))[1] == []


def test_missing_weeks_are_named_once() -> None:
    text = changed("after_week: 2", "after_week: 1").replace("week: 3", "week: 5")
    assert faults(text) == [(22, "Weeks 3-4 are missing before week 5.")]


def test_weeks_out_of_order_are_named() -> None:
    text = SMALL_PROGRAM.replace("week: 2\n", "week: 9\n").replace("week: 3\n", "week: 2\n")
    assert faults(text.replace("week: 9\n", "week: 3\n")) == [(22, "Week 2 comes after week 3.")]


@pytest.mark.parametrize(
    ("key", "meant"),
    [("titel", "title"), ("break", "breaks"), ("Weeks", "weeks")],
)
def test_an_unknown_key_brings_the_nearest(key: str, meant: str) -> None:
    _, found = program_file.check(f"{SMALL_PROGRAM}{key}: x\n")
    assert [fault.mend for fault in found] == [f"Did you mean `{meant}`?"]


@pytest.mark.parametrize(
    ("text", "line", "mend"),
    [
        ("name: a: b", 1, 'Put text that contains ": " in quotes.'),
        ("name: small\n\ttitle: x", 2, "Indent with spaces; tabs do not count in YAML."),
        ("name: small\nabout: 'open\n", 3, "Close the quotation mark that is open."),
        ("name: small\nabout: [open\nweeks: x", 3, "Close the bracket, or put the text in quotes."),
        ("name: small\n---\nname: other", 2, "Keep one program in a file"),
        ("name: @x", 1, "Put text that begins with this character in quotes."),
        ("name: small\nabout: \x07", 2, "Delete it."),
        ("", 1, "Start from one of the shipped programs."),
        ("- name", 1, "Start with `name: my-program`"),
        ("a: &a [*a]", 1, "Write it out once more."),
        ("[" * 100_000, 1, "Use fewer levels."),
    ],
)
def test_what_is_no_program_at_all_is_told_with_a_mend(text: str, line: int, mend: str) -> None:
    _, found = program_file.check(text)
    assert (found[0].line, found[0].mend[: len(mend)]) == (line, mend), found


def test_reading_a_faulty_file_raises_everything_that_is_wrong() -> None:
    with pytest.raises(FaultyFile, match="2 things") as caught:
        program_file.read(changed("name: small\ntitle: A Small Program\n", ""))
    assert [fault.line for fault in caught.value.faults] == [1, 1]
