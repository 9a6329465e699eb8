"""How webinars follow their program, and what it costs to answer for many."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from core import cohorts, program_load, webinars
from core.cards.card import Skip
from core.cards.webinar import changed
from core.errors import UserError
from core.webinars import Draft
from storage import communities, outbox
from storage import webinars as stored
from storage.database import CommunityStore, Tx
from storage.members import with_ids
from storage.outbox import Delivery
from storage.words import DeliveryState, WebinarState
from tests import builders
from tests.builders import SMALL_PROGRAM
from tests.scheduler.world import DAY, HOUR
from tests.school import School

NOW = datetime(2026, 9, 1, 16, tzinfo=UTC)


@pytest.fixture
async def school(community: CommunityStore) -> School:
    school = School(community)
    await school.advance()
    return school


def load(school: School, old: str, new: str) -> None:
    text = SMALL_PROGRAM.replace(old, new)
    assert text != SMALL_PROGRAM
    school.change(lambda tx: program_load.load(tx, text, school.clock.now()))


def titles(school: School) -> list[str]:
    return [one.message.title for one in school.channel("webinars")]


async def test_planning_again_changes_nothing(school: School) -> None:
    before = school.states()
    for _ in range(2):
        school.replan()
        await school.advance()
    assert school.states() == before


async def test_a_corrected_program_corrects_what_is_announced_and_what_will_be(
    school: School,
) -> None:
    load(school, "Starting well", "Starting better")
    await school.advance()
    assert titles(school) == ["Starting better"]
    load(school, "Hearing everyone", "Hearing them all")
    await school.pass_days(7)
    assert titles(school)[-1] == "Hearing them all"


async def test_a_week_that_loses_its_webinar_calls_it_off(school: School) -> None:
    load(school, "    webinar: {title: Starting well, abstract: How to begin.}\n", "")
    await school.advance()
    assert titles(school) == ["Canceled: Starting well"]
    assert school.webinar().state is WebinarState.CANCELED


async def test_a_week_that_has_its_webinar_again_announces_it_anew(school: School) -> None:
    announced = school.channel("webinars")[0]
    await school.press("ada", announced.message, "I will be there")
    lost = "    webinar: {title: Starting well, abstract: How to begin.}\n"
    for _ in range(2):
        load(school, lost, "")
        await school.advance()
        assert titles(school)[-1] == "Canceled: Starting well"
        school.change(lambda tx: program_load.load(tx, SMALL_PROGRAM, school.clock.now()))
        await school.advance(HOUR)
        assert school.webinar().state is WebinarState.SCHEDULED
        assert titles(school)[-1] == "Starting well"
    older = [one.message.text for one in school.channel("webinars")[:-1]]
    assert older == ["It was called off, and announced anew since."] * 2
    told = [one.message.title for one in school.told("ada")]
    assert told.count("Canceled: Starting well") == told.count("On again: Starting well") == 2
    await school.pass_days(7)
    told = [one.message.title for one in school.told("ada")]
    assert told.count("Soon: Starting well") == 1


async def test_what_an_organizer_canceled_stays_canceled_when_the_program_is_loaded_again(
    school: School,
) -> None:
    school.change(
        lambda tx: webinars.cancel(
            tx, tx.need(type(school.webinar()), school.webinar().id), school.clock.now()
        )
    )
    load(school, "    webinar: {title: Starting well, abstract: How to begin.}\n", "")
    await school.advance()
    school.change(lambda tx: program_load.load(tx, SMALL_PROGRAM, school.clock.now()))
    await school.advance(HOUR)
    assert titles(school) == ["Canceled: Starting well"]


async def test_a_program_that_becomes_shorter_calls_off_what_it_lost(school: School) -> None:
    await school.pass_days(15)  # the announcement of week 3 is planned
    row = school.webinar(3)
    two_weeks = SMALL_PROGRAM[: SMALL_PROGRAM.index("  - week: 3")].replace(
        "breaks:\n  - {name: Fall break, after_week: 2, weeks: 1}\n", ""
    )
    school.change(lambda tx: program_load.load(tx, two_weeks, school.clock.now()))
    await school.pass_days(8)
    assert titles(school) == ["Starting well", "Hearing everyone"]
    assert school.webinar(3).id == row.id
    assert school.webinar(3).state is WebinarState.CANCELED


async def test_a_webinar_that_moves_beyond_the_horizon_takes_its_announcement_along(
    school: School,
) -> None:
    load(school, "after_week: 2, weeks: 1", "after_week: 1, weeks: 4")
    await school.pass_days(20)
    assert titles(school) == ["Starting well"]
    await school.pass_days(16)
    assert titles(school) == ["Starting well", "Hearing everyone"]


async def test_a_webinar_that_an_organizer_changed_no_longer_follows_the_program(
    school: School,
) -> None:
    school.change(
        lambda tx: webinars.change(
            tx, tx.need(type(school.webinar()), school.webinar().id), {"title": "By hand"}, NOW
        )
    )
    load(school, "Starting well", "Starting better")
    await school.advance(HOUR)
    assert titles(school) == ["By hand"]


async def test_the_end_of_a_cohort_calls_its_webinars_off(school: School) -> None:
    school.change(lambda tx: cohorts.end(tx, school.cohort(tx), school.clock.now()))
    await school.pass_days(8)
    assert titles(school) == ["Canceled: Starting well"]


async def test_a_home_that_joins_later_gets_the_announcement_too(school: School) -> None:
    school.change(lambda tx: builders.home(tx, "second"))
    school.replan()
    await school.advance()
    announced = [key for key in school.states("announcement:") if school.webinar().id in key]
    assert len(announced) == 2


async def test_nothing_is_made_for_a_week_whose_webinar_has_passed(
    community: CommunityStore,
) -> None:
    school = School(community)
    school.clock.move_to(NOW + 3 * DAY)
    await school.advance()
    assert school.store.read_now(lambda tx: stored.of_week(tx, school.cohort_id, 1)) is None


def test_a_thousand_answers_take_a_few_statements(community: CommunityStore) -> None:
    def prepare(tx: Tx) -> tuple[str, list[str]]:
        builders.home(tx)
        made = webinars.announce(tx, Draft("Together", NOW + DAY), NOW)
        people = [builders.member(tx, f"No{number} Example") for number in range(1000)]
        return made.id, [person.id for person in people]

    webinar_id, ids = community.write_now(prepare)
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    def answer(tx: Tx) -> None:
        people = with_ids(tx, ids)
        row = tx.need(stored.Webinar, webinar_id)
        webinars.answer_all(tx, row, people, True, NOW)

    event.listen(community.store.engine, "before_cursor_execute", count)
    community.write_now(answer)
    reminders = community.read_now(lambda tx: outbox.slots_under(tx, "reminder:"))
    assert len(reminders) == 1000
    assert statements < 30


def test_a_reminder_belongs_to_one_start(community: CommunityStore) -> None:
    def story(tx: Tx) -> list[tuple[DeliveryState, datetime]]:
        builders.home(tx)
        made = webinars.announce(tx, Draft("Together", NOW + DAY), NOW)
        webinars.answer(tx, made, builders.member(tx, "Ada Example"), True, NOW)
        webinars.change(tx, made, {"starts_at": NOW + 2 * DAY}, NOW)
        webinars.change(tx, made, {"starts_at": NOW + 3 * DAY}, NOW)
        return sorted((one.state, one.due_at) for one in outbox.slots_under(tx, "reminder:"))

    assert community.write_now(story) == [
        (DeliveryState.CANCELED, NOW + DAY - HOUR),
        (DeliveryState.CANCELED, NOW + 2 * DAY - HOUR),
        (DeliveryState.PLANNED, NOW + 3 * DAY - HOUR),
    ]


def test_moving_twice_tells_people_of_the_last_start_only(community: CommunityStore) -> None:
    def story(tx: Tx) -> list[bool]:
        builders.home(tx)
        made = webinars.announce(tx, Draft("Together", NOW + DAY), NOW)
        webinars.answer(tx, made, builders.member(tx, "Ada Example"), True, NOW)
        webinars.change(tx, made, {"starts_at": NOW + 2 * DAY}, NOW)
        webinars.change(tx, made, {"starts_at": NOW + 3 * DAY}, NOW)
        rows = tx.all(tx.select(Delivery).where(Delivery.kind == "webinar_changed"))
        rows = sorted(rows, key=lambda row: row.subject["moves"])
        return [isinstance(changed(tx, row, NOW), Skip) for row in rows]

    assert community.write_now(story) == [True, False]


def test_a_start_in_the_past_is_refused_and_changes_nothing(community: CommunityStore) -> None:
    def story(tx: Tx) -> None:
        builders.home(tx)
        made = webinars.announce(tx, Draft("Together", NOW + DAY), NOW)
        with pytest.raises(UserError, match="has passed"):
            webinars.change(tx, made, {"starts_at": NOW - timedelta(hours=1)}, NOW)
        assert made.starts_at == NOW + DAY

    community.write_now(story)


def test_webinars_of_another_community_are_out_of_reach(community: CommunityStore) -> None:
    other = community.store.community("other")
    community.store.write_now(
        "",
        lambda tx: communities.found(
            tx, communities.Community(id="other", name="Other", zone="UTC", created_at=NOW)
        ),
    )
    made = community.write_now(lambda tx: webinars.announce(tx, Draft("Ours", NOW + DAY), NOW))
    assert other.read_now(lambda tx: tx.get(stored.Webinar, made.id)) is None
    assert not other.read_now(lambda tx: stored.upcoming(tx, NOW))
