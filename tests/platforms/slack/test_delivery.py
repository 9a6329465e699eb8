"""What the courier sends stands in Slack, once, and what cannot be sent is dealt with."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.platforms.recording import RecordingPlatform
from core.chat import Address, Message
from storage import pairs
from storage.communities import Home
from storage.database import Tx
from storage.outbox import Delivery
from storage.words import Act, DeliveryState
from tests import builders
from tests.faculty import BEFORE, Faculty
from tests.platforms.slack.fake.reading import text_of
from tests.platforms.slack.office import HOUR, Office
from tests.platforms.slack.world import Watch, World, slack_world

LONG = "\n\n".join(f"Paragraph {number}: {'words ' * 80}".strip() for number in range(30))


@pytest.fixture
async def world(faculty: Faculty) -> AsyncIterator[World]:
    """Before the term, when nothing else is due."""
    async with slack_world(faculty, clock=Watch(BEFORE)) as made:
        yield made


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


# Deliveries


async def test_a_delivery_is_posted_in_its_channel(office: Office) -> None:
    office.plan("one")
    await office.wait()
    assert office.said_in(office.channel) == ["about one:1"]
    assert office.row("one").state is DeliveryState.SENT


async def test_a_direct_message_opens_its_conversation_once(office: Office) -> None:
    office.plan("one", office.to("ada"))
    office.plan("two", office.to("ada"))
    await office.wait()
    assert office.said_in(office.world.people["ada"].direct.id) == ["about one:1", "about two:1"]
    assert office.world.slack.calls["conversations.open"] == 1


async def test_a_long_text_stands_whole_with_its_later_parts_in_its_thread(world: World) -> None:
    office = Office(world, lambda _tx, _delivery, _now: Message(LONG, under="prompt:1"))
    office.plan("long")
    await office.wait()
    first, *rest = world.slack.posts
    assert len(rest) >= 2
    assert first.thread_ts in ("", first.ts)
    assert {one.thread_ts for one in rest} == {first.ts}
    told = "\n\n".join(text_of(one) for one in world.slack.posts)
    assert told.split() == LONG.split()


async def test_a_delivery_is_edited_and_deleted(office: Office) -> None:
    office.plan("one")
    await office.wait()
    office.plan("edit:one:1", act=Act.EDIT, of="one")
    await office.wait()
    (posted,) = office.world.slack.posts
    assert text_of(posted) == "about edit:one:1:1"
    office.plan("delete:one", act=Act.DELETE, of="one")
    await office.wait()
    assert posted.deleted


# Trouble


async def test_a_public_channel_is_entered_where_it_must_be(office: Office) -> None:
    place = office.world.slack.workspace.channels[office.channel]
    place.members.remove(office.world.slack.workspace.bot_user_id)
    office.plan("one")
    await office.wait()
    assert office.said_in(office.channel) == ["about one:1"]
    assert office.world.slack.workspace.bot_user_id in place.members


async def test_organizers_hear_of_a_private_channel_that_we_are_not_in(office: Office) -> None:
    place = office.world.slack.workspace.channels[office.channel]
    place.kind = "group"
    place.members.remove(office.world.slack.workspace.bot_user_id)
    office.plan("one")
    await office.wait(HOUR)
    assert office.row("one").state is DeliveryState.FAILED
    assert "invite me" in office.told("olga")
    assert "invite me" in office.told("otto")


async def test_organizers_hear_of_a_channel_that_is_gone(office: Office) -> None:
    del office.world.slack.workspace.channels[office.channel]
    office.plan("one")
    await office.wait(HOUR)
    assert office.row("one").state is DeliveryState.FAILED
    assert "/settings channels" in office.told("olga")


async def test_organizers_hear_of_an_archived_channel(office: Office) -> None:
    await office.world.slack.archive(office.world.slack.workspace.channels[office.channel])
    office.plan("one")
    await office.wait(HOUR)
    assert office.row("one").state is DeliveryState.FAILED
    assert "archived" in office.told("olga")


async def test_a_channel_in_trouble_does_not_hold_up_people(office: Office) -> None:
    await office.world.slack.archive(office.world.slack.workspace.channels[office.channel])
    office.plan("one")
    office.plan("two", office.to("ada"))
    await office.wait()
    assert office.told("ada") == "about two:1"


@pytest.mark.parametrize("why", ["gone", "deactivated"])
async def test_organizers_hear_once_of_somebody_who_cannot_be_written_to(
    office: Office, why: str
) -> None:
    ada = office.world.people["ada"]
    if why == "gone":
        del office.world.slack.workspace.users[ada.id]
    else:
        ada.user.deleted = True
    office.plan("one", office.to("ada"))
    await office.wait(HOUR)
    office.plan("two", office.to("ada"))
    await office.wait(HOUR)
    account = office.world.faculty.now_is(office.world.faculty.accounts["ada"])
    assert account.direct_closed_at is not None
    assert office.row("one").state is DeliveryState.FAILED
    assert office.told("olga").count("I cannot write to Ada Example") == 1


@pytest.mark.parametrize("code", ["account_inactive", "token_revoked", "invalid_auth"])
async def test_a_home_whose_token_counts_no_more_is_left(office: Office, code: str) -> None:
    world = office.world
    elsewhere = _second_home(office)
    world.slack.state.revoke(world.slack.workspace, code)
    office.plan("one")
    office.plan("two", Address("channel", elsewhere.id, "reflections"))
    await office.wait(HOUR)
    assert world.home.retired_at is not None
    assert world.faculty.home.id not in world.connected
    there = world.connected[elsewhere.id]
    assert isinstance(there, RecordingPlatform)
    told = [one.message.title or one.message.text for one in there.sent]
    assert sorted(told) == [f"{world.home.name} has ended", "about two:1"]


def _second_home(office: Office) -> Home:
    """Where Olga can be reached, too."""
    world = office.world

    def found(tx: Tx) -> Home:
        home = builders.home(tx, "recording")
        builders.account(tx, world.faculty.members["olga"], home, external_id="olga-there")
        return home

    home = world.faculty.write(found)
    world.connected[home.id] = RecordingPlatform(world.clock.now)
    return home


async def test_a_home_that_comes_back_is_sent_to_again(office: Office) -> None:
    world = office.world
    world.slack.state.revoke(world.slack.workspace, "token_revoked")
    office.plan("one")
    await office.wait(HOUR)
    world.slack.state.revoked.clear()
    world.slack.workspace.installed = True
    await world.service.enter(world.slack.bot_token)
    office.plan("two")
    await office.wait(HOUR)
    assert office.said_in(office.channel)[-1] == "about two:1"
    assert world.home.retired_at is None


async def test_what_lacks_a_permission_is_sent_when_it_is_there(office: Office) -> None:
    world = office.world
    scopes = world.slack.workspace.scopes
    world.slack.workspace.scopes = tuple(one for one in scopes if one != "im:write")
    office.plan("one", office.to("ada"))
    office.plan("two")
    await office.wait(HOUR)
    assert office.told("ada") == ""
    assert "im:write" in office.row("one").note
    assert office.said_in(office.channel) == ["about two:1"]
    world.slack.workspace.scopes = scopes
    await office.wait(HOUR)
    assert office.told("ada") == "about one:1"


async def test_direct_messages_wait_until_the_messages_tab_is_on(office: Office) -> None:
    office.world.slack.state.manifest.messages_tab = False
    office.plan("one", office.to("ada"))
    await office.wait(HOUR)
    assert "Messages tab" in office.row("one").note
    office.world.slack.state.manifest.messages_tab = True
    await office.wait(HOUR)
    assert office.told("ada") == "about one:1"


async def test_channels_do_not_wait_for_the_messages_tab(office: Office) -> None:
    office.world.slack.state.manifest.messages_tab = False
    office.plan("one", office.to("ada"))
    await office.wait()
    office.plan("two")
    await office.wait()
    assert office.said_in(office.channel) == ["about two:1"]


async def test_organizers_hear_of_a_missing_permission_that_nobody_mends(office: Office) -> None:
    world = office.world
    scopes = world.slack.workspace.scopes
    world.slack.workspace.scopes = tuple(one for one in scopes if one != "mpim:write")
    pair = world.faculty.community.read_now(
        lambda tx: pairs.of_teacher(tx, world.faculty.members["ada"].id)
    )
    assert pair is not None
    office.plan("one", Address("pair", pair.id), within=HOUR)
    await office.wait(2 * HOUR)
    assert office.row("one").state is DeliveryState.FAILED
    assert "staffroom slack manifest" in office.told("olga")


async def test_nothing_is_sent_before_slack_wants_more(office: Office) -> None:
    world = office.world
    world.slack.fail_next("chat.postMessage", retry_after=60)
    office.plan("one")
    await office.wait()
    office.plan("two", office.to("ada"))
    await office.wait(timedelta(seconds=59))
    assert (world.slack.posts, world.slack.calls["chat.postMessage"]) == ([], 1)
    await office.wait(timedelta(seconds=2))
    assert office.said_in(office.channel) == ["about one:1"]
    assert office.told("ada") == "about two:1"


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_what_broke_inside_slack_is_looked_for_and_sent_once(
    office: Office, status: int
) -> None:
    office.world.slack.fail_next("chat.postMessage", http_status=status)
    office.plan("one")
    await office.wait(HOUR)
    assert office.said_in(office.channel) == ["about one:1"]
    assert office.world.slack.calls["conversations.history"] == 1


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_broken_connection_never_posts_twice(office: Office, when: str) -> None:
    broken = {f"drop_connection_{when}": True}
    office.world.slack.fail_next("chat.postMessage", **broken)  # type: ignore[arg-type]
    office.plan("one")
    await office.wait(HOUR)
    assert office.said_in(office.channel) == ["about one:1"]
    assert office.row("one").state is DeliveryState.SENT
    assert office.row("one").message == office.world.slack.posts[0].ts


async def test_a_later_part_whose_connection_broke_is_found_in_its_thread(world: World) -> None:
    office = Office(world, lambda _tx, _delivery, _now: Message(LONG, under="prompt:1"))
    office.plan("long")
    hurt: list[Delivery] = []

    def break_second(_message: object) -> None:
        if not hurt:
            hurt.append(office.row("long"))
            world.slack.fail_next("chat.postMessage", drop_connection_after=True)

    world.slack.state.on_post = break_second
    await office.wait(HOUR)
    told = "\n\n".join(text_of(one) for one in world.slack.posts)
    assert told.split() == LONG.split()


async def test_what_nobody_can_know_is_asked_of_organizers(office: Office) -> None:
    world = office.world
    world.slack.fail_next("chat.postMessage", drop_connection_after=True)
    world.slack.fail_next("conversations.history", error="not_in_channel")
    office.plan("one")
    await office.wait(HOUR)
    assert office.row("one").state is DeliveryState.UNCERTAIN
    assert office.said_in(office.channel) == ["about one:1"]
    assert "Did this arrive?" in office.told("olga")


async def test_an_outage_of_an_hour_loses_nothing(office: Office) -> None:
    world = office.world
    world.slack.fail_next("chat.postMessage", error="service_unavailable", times=8)
    for number in range(5):
        office.plan(f"n{number}")
    await office.wait(2 * HOUR)
    assert office.said_in(office.channel) == [f"about n{number}:1" for number in range(5)]
