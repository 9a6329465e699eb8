"""Webinars among a server's own events, over the wire."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from discord.utils import snowflake_time

from bot.platforms.discord.calendar import PLACE
from core.chat import CALENDAR, Found, MaybeSent, Message, Occasion, Ref
from core.kinds import Kind
from core.text import fingerprint
from storage import webinars
from storage.outbox import Delivery
from storage.words import DeliveryState
from tests.faculty import TUESDAY
from tests.platforms.discord.fake.event import ScheduledEvent, Status
from tests.platforms.discord.fake.message import text_of
from tests.platforms.discord.world import World

STARTS = TUESDAY + timedelta(days=2)
WEBINAR: Mapping[str, Any] = {
    "title": "Feedback that lands",
    "when": f"{STARTS:%Y-%m-%d} 16:00",
    "link": "https://meet.example.org/rooms",
}
EVENT = "POST /guilds/{guild}/scheduled-events"


@pytest.fixture
async def announced(world: World) -> World:
    """A webinar was announced where the server has a channel for webinars."""
    world.fake.state.now = lambda: world.clock.now().timestamp()
    world.channel("webinars")
    await does(world, "webinar announce", **WEBINAR)
    return world


async def does(world: World, command: str, **options: Any) -> str:
    """The organizer uses a command, and what follows happens; what the bot said."""
    place = next(iter(world.fake.guild.channels.values()))
    answer = await world.people["olga"].command(command, options, channel=place)
    assert answer.error == ""
    said = text_of(await answer.message())
    await world.deliver()
    return said


def event(world: World) -> ScheduledEvent:
    """Of this webinar; the program has others."""
    (found,) = [one for one in world.fake.guild.events.values() if one.name == WEBINAR["title"]]
    return found


def the_webinar(world: World) -> str:
    def look(tx: Any) -> str:
        ahead = webinars.upcoming(tx, world.clock.now())
        (found,) = [one.id for one in ahead if one.title == WEBINAR["title"]]
        return str(found)

    return world.faculty.community.read_now(look)


def coming(world: World) -> set[str]:
    """The names of those who said yes."""
    found = the_webinar(world)
    rows = world.faculty.community.read_now(lambda tx: list(webinars.coming(tx, found)))
    ids = {row.member_id for row in rows}
    return {name for name, one in world.faculty.members.items() if one.id in ids}


async def test_an_announced_webinar_is_an_event_of_the_server(announced: World) -> None:
    made = event(announced)
    assert (made.name, made.location) == ("Feedback that lands", "https://meet.example.org/rooms")
    assert made.end == made.start + 3_600
    assert made.status is Status.SCHEDULED


async def test_a_changed_webinar_changes_its_event(announced: World) -> None:
    before, made = event(announced).start, announced.fake.calls[EVENT]
    await does(
        announced, "webinar change", webinar=the_webinar(announced), when=f"{STARTS:%Y-%m-%d} 17:00"
    )
    assert event(announced).start == before + 3_600
    assert announced.fake.calls[EVENT] == made


async def test_a_canceled_webinar_is_a_canceled_event(announced: World) -> None:
    await does(announced, "webinar cancel", webinar=the_webinar(announced))
    assert event(announced).status is Status.CANCELED


async def test_an_event_that_somebody_deleted_does_no_harm(announced: World) -> None:
    announced.fake.guild.events.clear()
    await does(announced, "webinar cancel", webinar=the_webinar(announced))
    failed = announced.faculty.community.read_now(
        lambda tx: tx.all(tx.select(Delivery).where(Delivery.state == DeliveryState.FAILED))
    )
    assert [one for one in failed if one.kind == Kind.EVENT] == []


async def test_whoever_is_interested_in_the_event_is_coming(announced: World) -> None:
    for name in ("ada", "ben"):
        event(announced).interested.append(announced.people[name].user)
    event(announced).interested.append(announced.fake.person("A Stranger").user)
    await announced.service.ask_who_comes()
    assert coming(announced) == {"ada", "ben"}
    await announced.people["ada"].dm("Hello")  # so that she may be written to at once
    await announced.service.intake.answers.finish()
    await announced.deliver(datetime.fromtimestamp(event(announced).start - 1_800, UTC))
    soon = [text for text in announced.people["ada"].reads() if "Soon: Feedback" in text]
    assert len(soon) == 1


async def test_a_no_by_button_counts_for_more_than_interest(announced: World) -> None:
    (post,) = [one for one in announced.fake.posts if "Feedback that lands" in text_of(one)]
    ada = announced.people["ada"]
    await ada.press(post, "Not this time")
    await announced.service.intake.answers.finish()
    event(announced).interested.append(ada.user)
    await announced.service.ask_who_comes()
    assert coming(announced) == set()


async def test_interest_of_more_people_than_fit_a_page_is_read_to_its_end(announced: World) -> None:
    crowd = [announced.fake.guild.add_member(f"Person {number}") for number in range(130)]
    event(announced).interested += [*crowd, announced.people["ada"].user]
    platform = announced.platform
    assert len(await platform.calendar.interested(str(event(announced).id))) == 131


async def test_a_missing_permission_is_told_to_organizers_with_the_remedy(world: World) -> None:
    world.fake.state.now = lambda: world.clock.now().timestamp()
    world.channel("webinars")
    world.fake.guild.forbid("create_events", "manage_events")
    await does(world, "webinar announce", **WEBINAR)
    await world.deliver(world.clock.now() + timedelta(minutes=10))
    told = "\n".join(world.people["olga"].reads())
    assert "event" in told
    assert "`staffroom doctor` names it" in told


async def test_an_event_is_found_again_after_a_crash(announced: World) -> None:
    platform, made = announced.platform, event(announced)
    words = fingerprint(Message(made.description or "", title=made.name))
    at = snowflake_time(made.id)
    assert await platform.find(PLACE, "event:x", words, at) == Ref(PLACE, str(made.id))
    later = at + timedelta(hours=1)
    assert await platform.find(PLACE, "event:x", words, later) is Found.ABSENT


async def test_an_event_of_which_nobody_knows_is_not_made_twice_by_the_library(
    world: World,
) -> None:
    world.fake.fail_next("POST", "/guilds/{guild}/scheduled-events", status=502)
    begins = world.clock.now() + timedelta(days=9_000)
    message = Message("", title="Live", occasion=Occasion(begins, begins, "Online"))
    with pytest.raises(MaybeSent):
        await world.platform.post(PLACE, message, key="event:1")
    assert world.fake.calls[EVENT] == 1


async def test_only_a_platform_with_events_has_a_calendar(world: World) -> None:
    assert world.home.channels[CALENDAR] == PLACE
