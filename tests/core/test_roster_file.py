"""Roster files as people write them."""

import pytest

from core import roster_file
from core.faults import FaultyFile
from core.roster_file import Entry
from storage.words import Role


def test_every_column_is_understood() -> None:
    sheet = roster_file.read(
        "Name,E-mail,Role,Cohort,Coach,Subjects,Grades,Zone,Languages,Goals,Capacity\n"
        'Ada Example,Ada@Example.org,Coach,,,"Math; Physics",9/10,ET,"English, Spanish",'
        '"Listen\nmore",6\n'
        "Ben Example,ben@example.org,New Teacher,Cohort 1,Ada Example,,,,,,\n"
    )
    assert sheet.faults == ()
    assert sheet.entries == (
        Entry(
            line=2,
            name="Ada Example",
            email="ada@example.org",
            role=Role.COACH,
            subjects=("Math", "Physics"),
            grades=("9", "10"),
            zone="America/New_York",
            languages=("English", "Spanish"),
            goals="Listen\nmore",
            capacity=6,
        ),
        Entry(
            line=4,
            name="Ben Example",
            email="ben@example.org",
            role=Role.TEACHER,
            cohort="Cohort 1",
            coach="Ada Example",
        ),
    )


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("E-Mail", "email"),
        ("Email Address", "email"),
        ("MAIL", "email"),
        ("Full name", "name"),
        ("Time Zone", "zone"),
        ("Mentor", "coach"),
        ("Subject(s)", "subjects"),
        ("Grade Level", "grades"),
    ],
)
def test_headings_that_people_use_are_understood(heading: str, field: str) -> None:
    base = {"name": "Name", "email": "E-mail"}
    base[field] = heading
    values = {"name": "Ada Example", "email": "ada@example.org", "zone": "Eastern"}
    text = ",".join(base.values()) + "\n" + ",".join(values.get(key, "x") for key in base)
    sheet = roster_file.read(text)
    assert sheet.ignored == ()
    assert getattr(sheet.entries[0], field)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffName,Email\r\nAda Example,ada@example.org\r\n",
        "Name;Email\nAda Example;ada@example.org\n",
        "Name\tEmail\nAda Example\tada@example.org\n",
        "sep=;\nName;Email\nAda Example;ada@example.org",
        '\n\n"Name, in full",Name,Email\n,Ada Example,ada@example.org\n,,\n\n',
        "First name,Last name,Email\nAda,Example,ada@example.org\n",
        "Name,Email\rAda Example,ada@example.org\r",
    ],
)
def test_what_spreadsheets_write_is_read(text: str) -> None:
    sheet = roster_file.read(text)
    assert sheet.faults == ()
    assert [(one.name, one.email) for one in sheet.entries] == [("Ada Example", "ada@example.org")]


def test_columns_that_mean_nothing_to_us_are_named() -> None:
    sheet = roster_file.read("Name,Phone,Email\nAda Example,555-0100,ada@example.org\n")
    assert sheet.ignored == ("Phone",)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (",ada@example.org", "The name is missing."),
        ("Ada Example,", "Ada Example has no e-mail address."),
        ("Ada Example,ada@example", '"ada@example" is not an e-mail address.'),
        ("Ada Example,ada..e@example.org", '"ada..e@example.org" is not an e-mail address.'),
        ("Ada Example,<ada@example.org>", '"<ada@example.org>" is not an e-mail address.'),
        ("Ada Example,ada@example.org,Boss", '"Boss" is not a role.'),
        ("Ada Example,ada@example.org,,Mars", '"Mars" is not a time zone.'),
        ("Ada Example,ada@example.org,Coach,,many", '"many" is not a number of teachers.'),
        ("Ada Example,ada@example.org,Coach,,-1", '"-1" is not a number of teachers.'),
        ("Ada Example,ada@example.org,Coach,,101", '"101" is not a number of teachers.'),
        (f"{'A' * 101},ada@example.org", "The name has 101 characters."),
        ("Ada Example,ada@example.org,,,,x", "This row has 6 cells, and the heading has 5."),
    ],
)
def test_what_is_wrong_in_a_row_is_told_by_line(row: str, what: str) -> None:
    sheet = roster_file.read(f"Name,Email,Role,Zone,Capacity\nBen Example,ben@example.org\n{row}\n")
    assert [(fault.line, fault.what) for fault in sheet.faults] == [(3, what)]


def test_lines_are_counted_over_quoted_line_breaks() -> None:
    sheet = roster_file.read(
        'Name,Email,Goals\nAda Example,ada@example.org,"one\n\ntwo"\nBen Example,nowhere,\n'
    )
    assert [fault.line for fault in sheet.faults] == [5]


def test_the_line_that_names_the_separator_counts() -> None:
    sheet = roster_file.read("sep=;\nName;Email\nAda Example;nowhere\n")
    assert [fault.line for fault in sheet.faults] == [3]


def test_the_same_address_twice_names_the_first_line() -> None:
    sheet = roster_file.read("Name,Email\nAda Example,a@example.org\nBen Example,A@example.org\n")
    assert [(one.line, one.what) for one in sheet.faults] == [
        (3, "a@example.org is in line 2 already.")
    ]


def test_a_quotation_mark_that_does_not_close_is_told_with_what_was_wrong_before() -> None:
    sheet = roster_file.read('Name,Email\nAda Example,nowhere\n"Ben Example,b@example.org\n')
    assert [fault.line for fault in sheet.faults] == [2, 3]
    assert "cannot be read" in sheet.faults[1].what


@pytest.mark.parametrize(
    ("text", "whats"),
    [
        ("", ["The file is empty."]),
        (
            "Who,Where\nAda,x\n",
            ["There is no column with e-mail addresses.", "There is no column with names."],
        ),
        ("Name,Email,Mail\n", ["Two columns mean the same: Email and Mail."]),
    ],
)
def test_a_heading_that_cannot_be_used_is_refused(text: str, whats: list[str]) -> None:
    with pytest.raises(FaultyFile) as caught:
        roster_file.read(text)
    assert [fault.what for fault in caught.value.faults] == whats
