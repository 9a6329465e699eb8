"""Bringing a roster in."""

from datetime import UTC, datetime

import pytest

from core import pairs as pairing
from core import roster, roster_file
from core.faults import FaultyFile
from core.roster import Plan
from storage import communities, members, outbox, pairs
from storage.database import CommunityStore, Tx
from storage.members import Member
from storage.words import MemberState, PairState, Role
from tests import builders

NOW = datetime(2026, 8, 10, 12, tzinfo=UTC)
HEADING = "Name,Email,Role,Cohort,Coach,Capacity,Zone,Subjects\n"


@pytest.fixture
def school(community: CommunityStore) -> CommunityStore:
    """A community with the running cohort "Cohort 1"."""
    community.write_now(lambda tx: builders.cohort(tx, builders.program(tx)))
    return community


def look(school: CommunityStore, rows: str, *, skip_bad: bool = False) -> Plan:
    sheet = roster_file.read(HEADING + rows)
    return school.read_now(lambda tx: roster.plan(tx, sheet, skip_bad=skip_bad))


def bring_in(school: CommunityStore, rows: str, *, skip_bad: bool = False) -> Plan:
    sheet = roster_file.read(HEADING + rows)
    return school.write_now(lambda tx: roster.bring_in(tx, sheet, NOW, skip_bad=skip_bad))


def person(tx: Tx, name: str) -> Member:
    found = members.by_email(tx, f"{name}@example.org")
    assert found is not None
    return found


def active_pairs(school: CommunityStore) -> list[tuple[str, str]]:
    """The e-mail names of teacher and coach of every active pair."""

    def names(tx: Tx) -> list[tuple[str, str]]:
        found = []
        for pair in pairs.in_state(tx, PairState.ACTIVE):
            both = (tx.need(Member, pair.teacher_id), tx.need(Member, pair.coach_id))
            found.append(tuple((one.email or "").split("@")[0] for one in both))
        return sorted(found)  # type: ignore[arg-type]

    return school.read_now(names)


def whats(plan: Plan) -> list[tuple[int, str]]:
    return [(fault.line, fault.what) for fault in plan.faults]


PAIR = (
    "Ada Example,ada@example.org,Teacher,Cohort 1,Cara Example,,ET,Math; Art\n"
    "Cara Example,cara@example.org,Coach,,,2,,\n"
)


def test_new_people_are_invited_with_all_that_the_file_says(school: CommunityStore) -> None:
    plan = bring_in(school, PAIR)
    assert [change.new for change in plan.changes] == [True, True]
    ada = school.read_now(lambda tx: person(tx, "ada"))
    assert (ada.state, ada.role, ada.zone) == (
        MemberState.INVITED,
        Role.TEACHER,
        "America/New_York",
    )
    assert ada.subjects == ["Math", "Art"]
    assert ada.cohort_id
    assert active_pairs(school) == [("ada", "cara")]
    assert school.read_now(lambda tx: communities.current(tx).replan)


def test_a_dry_run_shows_what_would_change_and_changes_nothing(school: CommunityStore) -> None:
    plan = look(school, PAIR)
    assert dict(plan.changes[0].fields) == {
        "name": ("", "Ada Example"),
        "zone": ("", "America/New_York"),
        "subjects": ("", "Math, Art"),
        "role": ("", "teacher"),
        "cohort": ("", "Cohort 1"),
        "coach": ("", "Cara Example"),
    }
    assert school.read_now(lambda tx: len(members.everyone(tx))) == 0


def test_importing_twice_changes_nothing(school: CommunityStore) -> None:
    bring_in(school, PAIR)
    again = bring_in(school, PAIR)
    assert (again.changes, again.same) == ((), 2)
    assert active_pairs(school) == [("ada", "cara")]


def test_what_a_cell_leaves_empty_stays_as_it_is(school: CommunityStore) -> None:
    bring_in(school, PAIR)
    plan = bring_in(school, "Ada Lovely,ada@example.org,,,,,,\n")
    assert [dict(change.fields) for change in plan.changes] == [
        {"name": ("Ada Example", "Ada Lovely")}
    ]
    ada = school.read_now(lambda tx: person(tx, "ada"))
    assert (ada.name, ada.subjects) == ("Ada Lovely", ["Math", "Art"])


def test_people_absent_from_a_newer_file_are_listed_and_stay(school: CommunityStore) -> None:
    bring_in(school, PAIR)
    plan = bring_in(school, "Ben Example,ben@example.org,,,,,,\n")
    assert [member.name for member in plan.absent] == ["Ada Example", "Cara Example"]
    assert school.read_now(lambda tx: person(tx, "ada").state) is MemberState.INVITED


def test_a_coach_without_a_capacity_gets_eight_places(school: CommunityStore) -> None:
    bring_in(school, "Cara Example,cara@example.org,coach,,,,,\n")
    assert school.read_now(lambda tx: person(tx, "cara").capacity) == 8


def test_a_capacity_that_was_changed_stays_where_the_cell_is_empty(school: CommunityStore) -> None:
    row = "Cara Example,cara@example.org,coach,,,,,\n"
    school.write_now(lambda tx: builders.member(tx, "Cara Example", Role.COACH, capacity=0))
    assert bring_in(school, row).changes == ()
    assert school.read_now(lambda tx: person(tx, "cara").capacity) == 0


def test_who_becomes_a_coach_gets_eight_places(school: CommunityStore) -> None:
    school.write_now(lambda tx: builders.member(tx, "Cara Example"))
    bring_in(school, "Cara Example,cara@example.org,coach,,,,,\n")
    assert school.read_now(lambda tx: person(tx, "cara").capacity) == 8


@pytest.mark.parametrize(
    ("row", "absent", "told"),
    [
        ("Ada Example,ada@example.org,,,,,,,too,many\n", ["Cara Example"], False),
        ("Ada Example,,,,,,,,too,many\n", [], True),
        ("Ada Example,ada at example.org,,,,,,\n", [], True),
        ('Ada Example,ada@example.org,"open,,,,,\n', [], True),
    ],
)
def test_nobody_is_called_absent_because_of_a_row_that_cannot_be_read(
    school: CommunityStore, row: str, absent: list[str], told: bool
) -> None:
    bring_in(school, PAIR)
    plan = bring_in(school, row, skip_bad=True)
    assert [member.name for member in plan.absent] == absent
    assert any("cannot be told" in note and "line 2" in note for note in plan.notes) is told


def test_a_teacher_without_a_cohort_joins_the_only_one(school: CommunityStore) -> None:
    bring_in(school, "Ada Example,ada@example.org,,,,,,\n")
    assert school.read_now(lambda tx: person(tx, "ada").cohort_id)


def test_where_there_are_several_cohorts_a_teacher_must_name_one(school: CommunityStore) -> None:
    school.write_now(
        lambda tx: builders.cohort(tx, builders.program(tx, name="two"), name="Cohort 2")
    )
    plan = look(school, "Ada Example,ada@example.org,,,,,,\n")
    assert whats(plan) == [(2, "Ada Example is in no cohort.")]


def test_a_coach_may_be_named_by_address_and_be_in_the_community_already(
    school: CommunityStore,
) -> None:
    school.write_now(lambda tx: builders.member(tx, "Cara Example", Role.COACH, capacity=1))
    bring_in(school, "Ada Example,ada@example.org,,,CARA@example.org,,,\n")
    assert active_pairs(school) == [("ada", "cara")]


def test_another_coach_ends_the_pair_before_and_both_hear_of_it(school: CommunityStore) -> None:
    bring_in(school, PAIR)

    def arrive(tx: Tx) -> None:
        person(tx, "cara").state = MemberState.ACTIVE

    school.write_now(arrive)
    bring_in(
        school,
        "Ada Example,ada@example.org,,,Dan Example,,,\nDan Example,dan@example.org,coach,,,,,\n",
    )
    assert active_pairs(school) == [("ada", "dan")]
    assert school.read_now(lambda tx: len(outbox.with_prefix(tx, "farewell:"))) == 1


def test_it_is_kept_since_when_somebody_is_in_a_cohort(school: CommunityStore) -> None:
    school.write_now(lambda tx: builders.member(tx, "Ada Example"))
    bring_in(school, "Ada Example,ada@example.org,,Cohort 1,,,,\n")
    assert school.read_now(lambda tx: person(tx, "ada").here_since) == NOW


def test_someone_who_left_is_invited_again(school: CommunityStore) -> None:
    school.write_now(lambda tx: builders.member(tx, "Ada Example", state=MemberState.LEFT))
    plan = bring_in(school, "Ada Example,ada@example.org,,,,,,\n")
    assert plan.changes[0].fields["state"] == ("left", "invited")
    assert school.read_now(lambda tx: person(tx, "ada").state) is MemberState.INVITED


@pytest.mark.parametrize(
    ("rows", "line", "what"),
    [
        ("Ada,ada@x.org,,Cohort 7,,,,\n", 2, 'There is no cohort "Cohort 7".'),
        (
            "Ada,ada@x.org,,,Zoe,,,\n",
            2,
            'The coach "Zoe" is neither in the file nor in the community.',
        ),
        (
            "Ada,ada@x.org,,,Ben,,,\nBen,ben@x.org,,,,,,\n",
            2,
            "Ben is not a coach but a teacher.",
        ),
        ("Ada,ada@x.org,,,Ada,,,\n", 2, "Ada is not a coach but a teacher."),
        (
            "Cy,cy@x.org,coach,,,,,\nDee,dee@x.org,coach,,Cy,,,\n",
            3,
            "Dee is a coach, and has a coach.",
        ),
        (
            "Ada,ada@x.org,,,Cy,,,\nBen,ben@x.org,,,Cy,,,\nCy,cy@x.org,coach,,,1,,\n",
            3,
            "Cy has 1 place, and Ben would be one more.",
        ),
        (
            "Ada,ada@x.org,,,Cy,,,\nCy,cy@x.org,coach,,,,,\nCy,cy2@x.org,coach,,,,,\n",
            2,
            'There are 2 people named "Cy".',
        ),
        ("Ada,ada@x.org,teacher,,,5,,\n", 2, "Ada is a teacher, and has a capacity of 5."),
    ],
)
def test_what_does_not_fit_the_community_is_told_by_line(
    school: CommunityStore, rows: str, line: int, what: str
) -> None:
    assert whats(look(school, rows)) == [(line, what)]


def test_places_taken_in_the_community_count(school: CommunityStore) -> None:
    def before(tx: Tx) -> None:
        coach = builders.member(tx, "Cara Example", Role.COACH, capacity=1)
        builders.pair(tx, builders.member(tx, "Ada Example"), coach)

    school.write_now(before)
    plan = look(school, "Ben Example,ben@example.org,,,Cara Example,,,\n")
    assert whats(plan) == [(2, "Cara Example has 1 place, and Ben Example would be one more.")]
    assert look(school, "Ada Example,ada@example.org,,,Cara Example,,,\n").faults == ()


def test_people_who_must_never_be_paired_are_not(school: CommunityStore) -> None:
    def before(tx: Tx) -> None:
        coach = builders.member(tx, "Cara Example", Role.COACH, capacity=1)
        pairing.forbid(tx, builders.member(tx, "Ada Example"), coach)

    school.write_now(before)
    plan = look(school, "Ada Example,ada@example.org,,,Cara Example,,,\n")
    assert whats(plan) == [(2, "Ada Example and Cara Example must never be paired.")]


def test_a_coach_with_teachers_stays_a_coach(school: CommunityStore) -> None:
    bring_in(school, PAIR)
    plan = look(school, "Cara Example,cara@example.org,teacher,,,,,\n")
    assert whats(plan) == [(2, "Cara Example coaches 1 now, and would be a teacher.")]


def test_the_only_organizer_stays_one(school: CommunityStore) -> None:
    school.write_now(lambda tx: builders.member(tx, "Olive Example", Role.ORGANIZER))
    plan = look(school, "Olive Example,olive@example.org,teacher,,,,,\n")
    assert whats(plan) == [(2, "Olive Example is the only organizer.")]


def test_a_coach_whose_own_row_is_bad_does_not_spoil_the_rows_of_the_teachers(
    school: CommunityStore,
) -> None:
    rows = "Ada,ada@x.org,,,Cy,,,\nCy,cy@x.org,coahc,,,,,\n"
    assert whats(look(school, rows)) == [(3, '"coahc" is not a role.')]
    plan = bring_in(school, rows, skip_bad=True)
    assert [change.entry.name for change in plan.changes] == ["Ada"]
    assert plan.notes == ("Ada comes without a coach: the row of Cy (line 3) is left out.",)
    assert active_pairs(school) == []


def test_somebody_who_is_there_twice_counts_as_the_first_row_says(school: CommunityStore) -> None:
    rows = "Cy,cy@x.org,coach,,,,,\nCyra,cy@x.org,teacher,,,,,\nAda,ada@x.org,,,cy@x.org,,,\n"
    plan = bring_in(school, rows, skip_bad=True)
    assert whats(plan) == [(3, "cy@x.org is in line 2 already.")]
    assert plan.notes == ()
    assert [change.entry.name for change in plan.changes] == ["Cy", "Ada"]


FAULTY = {  # line -> a row that is wrong in one way
    5: "Teacher 5,not-an-address,,,,,,",
    30: ",nameless@example.org,,,,,,",
    55: "Teacher 55,teacher3@example.org,,,,,,",
    80: "Teacher 80,teacher80@example.org,Boss,,,,,",
    105: "Teacher 105,teacher105@example.org,,Cohort X,,,,",
    130: "Teacher 130,teacher130@example.org,,,Nobody,,,",
    155: "Teacher 155,teacher155@example.org,,,Teacher 3,,,",
    180: "Teacher 180,teacher180@example.org,,,,,Mars,",
    205: "Coach 205,coach205@example.org,Coach,,,lots,,",
    230: "Teacher 230,teacher230@example.org,,,Coach 2,,,",
    255: "Teacher 255,,,,,,,",
    280: "Teacher 280,teacher280@example.org,,,,,,,,,too,many",
}


def three_hundred(faulty: bool) -> str:
    rows = ["Coach 2,coach2@example.org,Coach,,,1,,"]
    rows.append("Teacher 3,teacher3@example.org,,,Coach 2,,,")
    for line in range(4, 302):
        good = f"Teacher {line},teacher{line}@example.org,,Cohort 1,,,Central,Math"
        rows.append(FAULTY.get(line, good) if faulty else good)
    return "\n".join(rows) + "\n"


def test_300_rows_with_12_faults_are_refused_with_12_messages(school: CommunityStore) -> None:
    with pytest.raises(FaultyFile) as caught:
        bring_in(school, three_hundred(faulty=True))
    assert [fault.line for fault in caught.value.faults] == list(FAULTY)
    assert school.read_now(lambda tx: len(members.everyone(tx))) == 0


def test_mended_they_come_in_and_again_change_nothing(school: CommunityStore) -> None:
    assert len(bring_in(school, three_hundred(faulty=False)).changes) == 300
    assert bring_in(school, three_hundred(faulty=False)).changes == ()


def test_the_good_rows_come_in_when_bad_ones_are_skipped(school: CommunityStore) -> None:
    plan = bring_in(school, three_hundred(faulty=True), skip_bad=True)
    assert (len(plan.changes), len(plan.faults)) == (288, 12)
    assert school.read_now(lambda tx: len(members.everyone(tx))) == 288
