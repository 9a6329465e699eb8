"""The demo: lively, the same in whatever week it is made, and plainly made up."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot import demo
from bot.demo_people import ORGANIZER, PEOPLE, WAITING
from bot.demo_texts import ESSAYS, LINES
from core import programs, proposals
from storage import (
    cohorts,
    communities,
    enrollment,
    history,
    local_chat,
    members,
    outbox,
    reflections,
    schema,
)
from storage.database import CommunityStore, Store, Tx
from storage.local_chat import LocalMessage, Talk
from storage.members import Member
from storage.words import Audience, DeliveryState, Role

NOW = datetime(2026, 11, 19, 20, 30, tzinfo=UTC)  # a Thursday
CLOCK = datetime(2026, 11, 24, 15, tzinfo=UTC)  # the Tuesday after it, ten o'clock in Detroit


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommunityStore]:
    """The demo, made once; nobody writes to it."""
    folder: Path = tmp_path_factory.mktemp("demo")
    store = Store(f"sqlite:///{folder}/demo.db", inline=True, durable=False)
    schema.metadata.create_all(store.engine)
    yield store.community(asyncio.run(demo.create(store, NOW)))
    store.close()


def test_it_stands_in_the_third_week_on_a_tuesday_at_ten(made: CommunityStore) -> None:
    community = made.read_now(communities.current)
    assert community.name == "Lakeside Virtual School (demo)"
    assert NOW + timedelta(seconds=community.clock_offset_seconds) == CLOCK
    week = made.read_now(lambda tx: programs.all_standings(tx, CLOCK)[0].position.week)
    assert week is not None
    assert week.number == 3


@pytest.mark.parametrize("hours", range(0, 24 * 15, 7))
def test_the_next_tuesday_at_ten_is_always_in_week_three(hours: int) -> None:
    now = NOW + timedelta(hours=hours)
    end = demo.local(demo.first_monday(now), demo.END)
    assert now <= end < now + timedelta(days=7, hours=1)
    assert f"{end.astimezone(ZoneInfo(demo.ZONE)):%A %H:%M}" == "Tuesday 10:00"


def test_every_essay_and_every_line_was_published_and_said(made: CommunityStore) -> None:
    written = made.read_now(history.reflections)
    assert {one.title for one in written} == {essay.title for essay in ESSAYS}
    with_community = [one for one in written if one.audience is Audience.COMMUNITY]
    assert len(with_community) == 7
    posted = made.read_now(lambda tx: tx.all(tx.select(LocalMessage)))
    said = Counter(one.text for one in posted if one.author)
    assert all(said[line.text] == 1 for line in LINES)
    for one in with_community:
        assert any(one.body in post.text for post in posted)


def test_essays_are_of_a_length_that_one_reads_to_the_end() -> None:
    for essay in ESSAYS:
        assert 150 <= len(essay.body.split()) <= 300, essay.title
        assert "\n" not in essay.body.replace("\n\n", "")


def test_replies_stand_in_the_thread_of_the_week(made: CommunityStore) -> None:
    posted = {one.id: one for one in made.read_now(lambda tx: tx.all(tx.select(LocalMessage)))}
    for line in LINES:
        message = next(one for one in posted.values() if one.text == line.text)
        if line.under:
            assert message.under is not None
            assert posted[message.under].title.startswith("Week ")
        else:
            assert message.under is None


def test_somebody_has_not_written_somebody_is_paused_somebody_waits(made: CommunityStore) -> None:
    def look(tx: Tx) -> tuple[Sequence[Member], set[str], list[str]]:
        cohort = cohorts.running(tx)[0]
        wrote = {one.member_id for one in reflections.of_week(tx, cohort.id, 3)}
        teachers = members.teachers_of(tx, cohort.id)
        waiting = [tx.need(Member, one.member_id).name for one in enrollment.waiting(tx)]
        return teachers, wrote, waiting

    teachers, wrote, waiting = made.read_now(look)
    assert 0 < len(wrote) < len(teachers)
    assert [one.name for one in teachers if one.paused(CLOCK)] == ["Ivy Instance"]
    assert waiting == [WAITING.name]


def test_two_teachers_wait_for_a_coach_and_can_get_one(made: CommunityStore) -> None:
    class Back(Exception):
        """Ends the transaction without a trace."""

    def propose(tx: Tx) -> None:
        proposal = proposals.propose(tx, CLOCK)
        assert {one.teacher.name for one in proposal.pairs} == {"Lena Beta", "Milo Rehearsal"}
        assert proposal.unpaired == ()
        raise Back

    with pytest.raises(Back):
        made.write_now(propose)


def test_the_engine_left_nothing_undone_and_nothing_failed(made: CommunityStore) -> None:
    states = made.read_now(outbox.how_many)
    assert set(states) <= {DeliveryState.SENT, DeliveryState.PLANNED, DeliveryState.CANCELED}
    assert states[DeliveryState.SENT] > 150
    late = [one for one in made.read_now(history.deliveries) if one.state is DeliveryState.PLANNED]
    assert all(one.due_at > CLOCK - timedelta(hours=12) for one in late)


def test_everybody_can_be_met_and_has_something_new_but_not_too_much(made: CommunityStore) -> None:
    def unread(tx: Tx) -> dict[str, int]:
        home = communities.homes(tx)[0]
        found = {}
        for person in members.active(tx):
            account = [members.accounts(tx, person.id)[0].external_id]
            counts = local_chat.unread(tx, home.id, account)
            own = local_chat.conversations_of(tx, home.id, account)
            found[person.name] = sum(counts.get(place.id, 0) for place in own)
        return found

    found = made.read_now(unread)
    assert set(found) == {ORGANIZER.name, *(person.name for person in PEOPLE)}
    assert all(0 < number < 30 for number in found.values()), found


def test_private_talk_is_there_for_coaches_and_pairs(made: CommunityStore) -> None:
    talks = made.read_now(
        lambda tx: Counter(one.talk for one in tx.all(tx.select(local_chat.LocalConversation)))
    )
    assert talks[Talk.GROUP] == 7
    assert talks[Talk.DIRECT] >= 14


def test_nobody_in_it_could_be_taken_for_a_real_person() -> None:
    example = {"Example", "Sample", "Specimen", "Prototype", "Template", "Pattern", "Mockup",
               "Draft", "Instance", "Placeholder", "Trial", "Showcase", "Beta", "Rehearsal",
               "Preview"}  # fmt: skip
    for person in (ORGANIZER, *PEOPLE, WAITING):
        assert person.name.split()[1] in example
        assert person.email.endswith("@example.org")
    assert {Role.ORGANIZER, Role.COACH, Role.TEACHER, Role.PARTNER} <= {
        person.role for person in (ORGANIZER, *PEOPLE)
    }
