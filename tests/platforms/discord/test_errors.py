"""What becomes of each of Discord's errors, from the outbox to the organizers."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from core.chat import Message, Ref, Refused
from tests.faculty import BEFORE, Faculty
from tests.platforms.discord.fake.message import text_of
from tests.platforms.discord.office import DAY, HOUR, Office
from tests.platforms.discord.world import Watch, World, discord_world

POST = "/channels/{channel}/messages"


@pytest.fixture
async def world(faculty: Faculty) -> AsyncIterator[World]:
    """Before the term, when nothing else is due."""
    async with discord_world(faculty, clock=Watch(BEFORE)) as made:
        for person in made.people.values():
            made.service.seats.opening.meets(str(person.id))
        yield made


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (50001, "View Channel"),
        (50013, "staffroom doctor"),
        (10003, "/settings channels"),
        (50035, "did not take the message"),
    ],
)
async def test_what_discord_refuses_organizers_hear_once_with_the_remedy(
    office: Office, code: int, remedy: str
) -> None:
    office.world.fake.fail_next(
        "POST", f"/channels/{office.channel.id}/messages", code=code, times=3
    )
    for name in ("one", "two"):
        office.plan(name)
    await office.wait(HOUR)
    assert office.state("one") == "failed"
    assert office.told("olga").count(remedy) == 1
    assert office.told("otto").count(remedy) == 1


async def test_a_permission_that_was_really_taken_away_is_named(office: Office) -> None:
    office.world.fake.guild.forbid("send_messages", place=office.channel)
    office.plan("one")
    await office.wait(HOUR)
    assert office.state("one") == "failed"
    assert office.told("olga").count("permission") == 1


async def test_a_channel_in_trouble_does_not_hold_up_people(office: Office) -> None:
    office.world.fake.guild.forbid("view_channel", place=office.channel)
    office.plan("one")
    office.plan("two", office.to("ada"))
    await office.wait()
    assert office.told("ada") == "about two:1"


async def test_a_message_that_is_gone_cannot_be_changed(world: World) -> None:
    place = world.channel("announcements")
    with pytest.raises(Refused, match="message is gone"):
        await world.platform.edit(Ref(str(place.id), "1"), Message("New."))


@pytest.mark.parametrize("code", [50007, 50278])
async def test_of_a_closed_direct_conversation_organizers_hear_once(
    office: Office, code: int
) -> None:
    office.world.fake.fail_next(
        "POST", f"/channels/{office.world.people['ada'].direct.id}/messages", code=code
    )
    for name in ("one", "two"):
        office.plan(name, office.to("ada"))
    await office.wait(HOUR)
    assert office.state("one") == "failed"
    assert office.told("olga").count("I cannot write to Ada Example") == 1


async def test_opening_too_fast_keeps_only_that_delivery_waiting(office: Office) -> None:
    office.world.fake.doors.opening_too_fast = True
    office.plan("one", office.to("ada"))
    office.plan("two")
    await office.wait()
    assert office.posted() == ["about two:1"]
    assert office.told("ada") == ""
    office.world.fake.doors.opening_too_fast = False
    await office.wait(2 * HOUR)
    assert office.told("ada") == "about one:1"


async def test_a_quarantine_stops_everything_and_is_logged(office: Office) -> None:
    office.world.fake.doors.quarantined = True
    office.plan("one", office.to("ada"))
    with capture_logs() as logged:
        await office.wait()
    assert [one for one in logged if one["log_level"] == "error" and "quarantined" in one["event"]]
    office.plan("two")
    await office.wait(HOUR)
    assert office.posted() == []
    office.world.fake.doors.quarantined = False
    await office.wait(2 * DAY)
    assert office.posted() == ["about two:1"]
    assert office.told("ada") == "about one:1"


async def test_the_library_obeys_a_short_limit(office: Office) -> None:
    office.world.fake.fail_next("POST", POST, retry_after=0.01)
    office.plan("one")
    await office.wait()
    assert office.posted() == ["about one:1"]


async def test_a_long_limit_is_waited_for_by_the_courier(office: Office) -> None:
    office.world.fake.fail_next("POST", POST, retry_after=300.0)
    office.plan("one")
    await office.wait()
    assert office.posted() == []
    await office.wait(timedelta(minutes=10))
    assert office.posted() == ["about one:1"]


@pytest.mark.parametrize(
    "trouble",
    [{"status": 503}, {"drop_connection_before": True}, {"drop_connection_after": True}],
    ids=["5xx", "before", "after"],
)
async def test_a_broken_answer_leads_to_one_message(
    office: Office, trouble: dict[str, Any]
) -> None:
    office.world.fake.fail_next("POST", POST, **trouble)
    office.plan("one")
    await office.wait(HOUR)
    assert office.state("one") == "sent"
    assert office.posted() == ["about one:1"]


@pytest.mark.parametrize(
    "trouble", [{"drop_connection_before": True}, {"drop_connection_after": True}]
)
async def test_a_post_in_a_forum_has_no_nonce_and_is_found_by_its_words(
    world: World, trouble: dict[str, Any]
) -> None:
    office = Office(world, "forum")
    world.fake.fail_next("POST", "/channels/{channel}/threads", **trouble)
    office.plan("one")
    await office.wait(HOUR)
    assert office.state("one") == "sent"
    assert [text_of(one) for one in world.fake.posts] == ["about one:1"]


async def test_a_permission_that_stays_away_is_not_reported_every_time(office: Office) -> None:
    office.world.fake.guild.forbid("send_messages", place=office.channel)
    for number in range(3):
        office.plan(f"week-{number}")
        await office.wait(HOUR)
        office.world.clock.move_to(office.world.clock.now() + 2 * HOUR)
    assert office.told("olga").count("permission") == 1
    office.world.fake.guild.allow("send_messages", place=office.channel)
    office.plan("again")
    await office.wait()
    assert office.posted() == ["about again:1"]
    office.world.fake.guild.forbid("send_messages", place=office.channel)
    office.plan("later")
    await office.wait(HOUR)
    assert office.told("olga").count("permission") == 2
