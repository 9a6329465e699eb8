"""The courier: order, retries, quiet hours, expiry, doubt, and crashes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.platforms.recording import UNLIMITED
from core.cards.card import Skip
from core.cards.notice import notice
from core.chat import Address, DirectClosed, Message, Refused, TryLater
from core.kinds import Kind
from storage import communities, members
from storage.database import CommunityStore, Tx
from storage.members import Member
from storage.outbox import Delivery
from storage.pairs import Pair
from storage.words import DeliveryState, MemberState, Role
from tests import builders
from tests.scheduler.world import (
    DAY,
    HOUR,
    MINUTE,
    START,
    RealLikeClock,
    World,
    all_saying,
    says_its_key,
)


def direct(member_id: str) -> Address:
    return Address("direct", member_id)


async def test_what_is_due_is_posted_in_the_channel_of_its_home(community: CommunityStore) -> None:
    world = World(community)
    world.plan("one")
    await world.advance()
    assert [(sent.ref.place, sent.key) for sent in world.platform.sent] == [
        ("c-reflections", "one:1")
    ]
    row = world.row("one:1")
    assert (row.state, row.sent_at, row.home_id) == (DeliveryState.SENT, START, world.home_id)


async def test_a_conversation_keeps_its_order(community: CommunityStore) -> None:
    world = World(community)
    for number in range(20):
        world.plan(f"n{number:02}", START + number * MINUTE)
    await world.advance(HOUR)
    assert world.posted == [f"n{number:02}:1" for number in range(20)]


async def test_instants_are_lived_through_in_order(community: CommunityStore) -> None:
    world = World(community)
    world.plan("later", START + 3 * DAY)
    world.plan("sooner", START + DAY, to=Address("channel", world.home_id, "webinars"))
    await world.advance(7 * DAY)
    assert [(sent.key, sent.at) for sent in world.platform.sent] == [
        ("sooner:1", START + DAY),
        ("later:1", START + 3 * DAY),
    ]
    assert world.clock.now() == START + 7 * DAY


async def test_a_retrying_head_holds_its_conversation_and_no_other(
    community: CommunityStore,
) -> None:
    world = World(community, failures={"c-reflections": [TryLater("busy")]})
    world.plan("head")
    world.plan("next", START + MINUTE / 60)
    world.plan("other", to=Address("channel", world.home_id, "webinars"))
    await world.advance(timedelta(seconds=1))
    assert world.posted == ["other:1"]
    await world.advance(MINUTE)
    assert world.posted == ["other:1", "head:1", "next:1"]
    assert world.row("head:1").attempts == 2


async def test_a_retrying_head_lets_go_when_its_grace_ends(community: CommunityStore) -> None:
    world = World(community, failures={"c-reflections": [TryLater("down")] * 40})
    world.plan("head", expires=START + 10 * MINUTE)
    world.plan("next", START + MINUTE, expires=START + DAY)
    await world.advance(HOUR)
    head = world.row("head:1")
    assert head.state is DeliveryState.FAILED
    assert "too late: down" in head.note
    world.platform._failures.clear()
    await world.advance(HOUR)
    assert world.posted == ["next:1"]


async def test_pauses_between_attempts_grow(community: CommunityStore) -> None:
    world = World(community, failures={"*": [TryLater("down")] * 6})
    world.plan("one")
    tries: list[datetime] = []
    while world.row("one:1").state is DeliveryState.PLANNED:
        due = await world.engine.next_instant()
        tries.append(due)
        await world.engine.advance(due)
    gaps = [later - sooner for sooner, later in pairwise(tries)]
    assert len(tries) == 7
    assert gaps[-1] > 4 * gaps[0]


async def test_a_platform_that_asks_to_wait_is_left_alone(community: CommunityStore) -> None:
    world = World(
        community,
        capabilities=replace(UNLIMITED, in_flight=1),
        failures={"*": [TryLater("slow down", timedelta(minutes=20))]},
    )
    world.plan("one")
    world.plan("two", to=Address("channel", world.home_id, "webinars"))
    await world.advance(19 * MINUTE)
    assert world.posted == []
    await world.advance(MINUTE)
    assert sorted(world.posted) == ["one:1", "two:1"]


async def test_what_only_one_message_waits_for_holds_up_no_other(community: CommunityStore) -> None:
    alone = TryLater("its conversation is opened later", timedelta(minutes=20), only_this=True)
    world = World(
        community,
        capabilities=replace(UNLIMITED, in_flight=1),
        failures={"c-reflections": [alone]},
    )
    world.plan("one")
    world.plan("two", to=Address("channel", world.home_id, "webinars"))
    await world.advance(MINUTE)
    assert world.posted == ["two:1"]


async def test_a_refusal_fails_at_once_and_organizers_hear_of_all_in_one_notice(
    community: CommunityStore,
) -> None:
    world = World(community, failures={"c-reflections": [Refused("no permission")] * 3})
    world.person("Olga Example", role=Role.ORGANIZER)
    for name in "abc":
        world.plan(name)
    await world.advance(HOUR)
    assert set(world.states("a")) | {"b:1", "c:1"} == {"a:1", "b:1", "c:1"}
    assert {world.row(f"{name}:1").state for name in "abc"} == {DeliveryState.FAILED}
    assert len([key for key in world.posted if key.startswith("notice:")]) == 1


async def test_closed_direct_messages_are_remembered_and_not_tried_again(
    community: CommunityStore,
) -> None:
    world = World(community)
    ada = world.person("Ada Example")
    world.platform._failures[f"direct-u-{ada}"] = iter([DirectClosed("closed")])
    world.plan("one", to=direct(ada))
    world.plan("two", START + MINUTE, to=direct(ada))
    await world.advance(HOUR)
    assert world.row("one:1").state is DeliveryState.FAILED
    assert world.row("two:1").state is DeliveryState.CANCELED
    assert world.platform.opened == []
    account = community.read_now(lambda tx: members.accounts(tx, ada)[0])
    assert account.direct_closed_at == START


async def test_organizers_hear_once_of_somebody_who_takes_no_direct_messages(
    community: CommunityStore,
) -> None:
    world = World(community, cards=all_saying(says_its_key) | {Kind.NOTICE: notice})
    world.person("Olga Example", role=Role.ORGANIZER)
    ada = world.person("Ada Example")
    world.platform._failures[f"direct-u-{ada}"] = iter([DirectClosed("closed")])
    for number in range(3):
        world.plan(f"nudge-{number}", START + number * MINUTE, to=direct(ada), kind=Kind.NUDGE)
    await world.advance(HOUR)
    (told,) = world.texts
    assert "Ada Example takes no direct messages from me in Recording" in told
    assert "did not get this nudge" in told


async def test_what_matters_is_told_even_after_direct_messages_were_closed(
    community: CommunityStore,
) -> None:
    world = World(community)
    world.person("Olga Example", role=Role.ORGANIZER)
    ada = world.person("Ada Example")
    world.platform._failures[f"direct-u-{ada}"] = iter([DirectClosed("closed")])
    world.plan("one", to=direct(ada))
    world.plan("two", START + MINUTE, to=direct(ada), kind=Kind.INTRODUCTION)
    await world.advance(HOUR)
    assert world.row("two:1").state is DeliveryState.FAILED
    assert [key.split("-")[0] for key in world.posted] == ["notice:closed", "notice:trouble"]


async def test_an_account_that_left_gets_nothing(community: CommunityStore) -> None:
    world = World(community)
    ada = world.person("Ada Example")
    world.change(lambda tx: setattr(members.accounts(tx, ada)[0], "left_at", START))
    world.plan("one", to=direct(ada))
    await world.advance(HOUR)
    assert world.row("one:1").state is DeliveryState.CANCELED
    assert world.posted == []


async def test_who_has_not_come_in_gets_an_invitation_and_nothing_else(
    community: CommunityStore,
) -> None:
    world = World(community)
    ivy = world.person("Ivy Example", state=MemberState.INVITED)
    world.plan("summary", to=direct(ivy), kind=Kind.SUMMARY)
    world.plan("invitation", START + MINUTE, to=direct(ivy), kind=Kind.WELCOME)
    await world.advance(HOUR)
    assert world.posted == ["invitation:1"]
    assert world.row("summary:1").note == "this person has not come yet"


async def test_a_pair_meets_in_its_conversation_when_both_have_come(
    community: CommunityStore,
) -> None:
    world = World(community)
    ada = world.person("Ada Example")
    cora = world.person("Cora Example", role=Role.COACH, state=MemberState.INVITED)
    pair = Pair(teacher_id=ada, coach_id=cora, created_at=START)
    world.change(lambda tx: tx.add(pair))
    world.plan("agenda", to=Address("pair", pair.id), kind=Kind.AGENDA)
    await world.advance(HOUR)
    assert [(sent.key, sent.ref.place) for sent in world.platform.sent] == [
        (f"agenda:{ada}:1", f"direct-u-{ada}")
    ]


async def test_quiet_hours_are_those_of_the_zone_that_the_platform_tells(
    community: CommunityStore,
) -> None:
    world = World(community)
    ada = world.person(
        "Ada Example", told_zone="Asia/Tokyo", quiet_from="00:00", quiet_until="06:00"
    )
    world.plan("one", to=direct(ada))  # 1 a.m. in Tokyo
    await world.advance(HOUR)
    assert world.posted == []


async def test_a_direct_conversation_is_opened_once_and_remembered(
    community: CommunityStore,
) -> None:
    world = World(community)
    ada = world.person("Ada Example")
    world.plan("one", to=direct(ada))
    world.plan("two", START + MINUTE, to=direct(ada))
    await world.advance(HOUR)
    assert world.posted == ["one:1", "two:1"]
    assert world.platform.opened == [f"direct-u-{ada}"]


async def test_a_direct_message_goes_once_to_the_chosen_else_the_last_used_account(
    community: CommunityStore,
) -> None:
    world = World(community)
    ada = world.person("Ada Example")

    def second_home(tx: Tx) -> tuple[str, str]:
        home = builders.home(tx, "other")
        account = builders.account(
            tx, tx.need(Member, ada), home, external_id="there", last_used_at=START
        )
        return home.id, account.id

    other, there = community.write_now(second_home)
    world.engine.courier.platforms = {world.home_id: world.platform, other: world.platform}
    world.plan("last-used", to=direct(ada))
    await world.advance()
    here = community.read_now(lambda tx: members.accounts(tx, ada))
    chosen = next(one.id for one in here if one.id != there)
    world.change(lambda tx: setattr(tx.need(Member, ada), "direct_account_id", chosen))
    world.plan("chosen", START + MINUTE, to=direct(ada))
    await world.advance(HOUR)
    assert [(sent.ref.place, sent.key) for sent in world.platform.sent] == [
        ("direct-there", "last-used:1"),
        (f"direct-u-{ada}", "chosen:1"),
    ]


async def test_someone_without_an_account_gets_nothing_and_nobody_is_alarmed(
    community: CommunityStore,
) -> None:
    world = World(community)
    world.person("Olga Example", role=Role.ORGANIZER)
    ada = community.write_now(lambda tx: builders.member(tx, "Ada Example").id)
    world.plan("one", to=direct(ada))
    await world.advance(HOUR)
    assert world.row("one:1").state is DeliveryState.CANCELED
    assert world.posted == []


async def test_a_card_that_is_not_wanted_any_more_is_canceled_with_its_reason(
    community: CommunityStore,
) -> None:
    world = World(community, cards=all_saying(lambda tx, delivery, now: Skip("written already")))
    world.plan("one")
    await world.advance()
    row = world.row("one:1")
    assert (row.state, row.note) == (DeliveryState.CANCELED, "written already")


async def test_a_card_with_a_fault_holds_up_nobody(community: CommunityStore) -> None:
    def faulty(tx: Tx, delivery: Delivery, now: datetime) -> Message:
        if delivery.key == "bad:1":
            raise KeyError("week")
        return says_its_key(tx, delivery, now)

    world = World(community, cards=all_saying(faulty))
    world.plan("bad")
    world.plan("good", START + MINUTE)
    await world.advance(HOUR)
    assert world.row("bad:1").state is DeliveryState.FAILED
    assert world.posted == ["good:1"]


async def test_late_deliveries_within_their_grace_are_sent_and_others_expire_with_one_notice(
    community: CommunityStore,
) -> None:
    clock = RealLikeClock()
    world = World(community, clock=clock)
    world.person("Olga Example", role=Role.ORGANIZER)
    for number in range(50):
        world.plan(f"stale-{number}", START + number * MINUTE, expires=START + DAY)
    world.plan("fresh", START + 2 * DAY, expires=START + 9 * DAY)
    await world.advance(-MINUTE)
    clock.pass_by(7 * DAY)
    await world.advance()
    clock.pass_by(HOUR)
    await world.advance()
    assert set(world.states("stale-").values()) == {"expired"}
    assert world.posted[0] == "fresh:1"
    assert len([key for key in world.posted if key.startswith("notice:")]) == 1
    assert len(world.posted) == 2


@pytest.mark.parametrize(
    ("zone", "due", "sent"),
    [
        ("America/Detroit", datetime(2026, 9, 2, 2, tzinfo=UTC), "07:00"),  # 22:00 there
        ("America/Detroit", datetime(2026, 9, 2, 10, 30, tzinfo=UTC), "07:00"),  # 06:30
        ("Pacific/Honolulu", datetime(2026, 9, 2, 2, tzinfo=UTC), "16:00"),  # 16:00: awake
        ("Asia/Tokyo", datetime(2026, 9, 1, 16, tzinfo=UTC), "07:00"),  # 01:00
    ],
)
async def test_direct_messages_wait_for_the_end_of_quiet_hours_in_the_members_zone(
    community: CommunityStore, zone: str, due: datetime, sent: str
) -> None:
    world = World(community)
    world.change(lambda tx: _quiet(communities.current(tx), "21:00", "07:00"))
    ada = world.person("Ada Example", zone=zone)
    world.plan("one", due, to=direct(ada))
    await world.advance(2 * DAY)
    at = world.platform.sent[0].at.astimezone(ZoneInfo(zone))
    assert f"{at:%H:%M}" == sent
    assert world.row("one:1").shifts == (0 if sent == "16:00" else 1)


def _quiet(whose: Any, start: str, end: str) -> None:
    whose.quiet_from, whose.quiet_until = start, end


async def test_a_pair_is_not_disturbed_while_either_sleeps(community: CommunityStore) -> None:
    world = World(community)
    ada = world.person(
        "Ada Example", zone="America/Detroit", quiet_from="21:00", quiet_until="07:00"
    )
    ben = world.person(
        "Ben Example",
        role=Role.COACH,
        zone="America/Los_Angeles",
        quiet_from="22:00",
        quiet_until="08:00",
    )
    pair = community.write_now(
        lambda tx: builders.pair(tx, tx.need(Member, ada), tx.need(Member, ben)).id
    )
    world.plan("agenda", datetime(2026, 9, 2, 11, 30, tzinfo=UTC), to=Address("pair", pair))
    await world.advance(2 * DAY)
    assert world.platform.sent[0].at == datetime(2026, 9, 2, 15, tzinfo=UTC)  # 08:00 in California
    assert world.platform.sent[0].ref.place == "group-" + "-".join(sorted([f"u-{ada}", f"u-{ben}"]))
    stored = community.read_now(lambda tx: tx.need(Pair, pair).conversations)
    assert stored == {world.home_id: world.platform.sent[0].ref.place}


async def test_channels_and_answers_do_not_wait_for_quiet_hours(community: CommunityStore) -> None:
    world = World(community)
    ada = world.person("Ada Example", quiet_from="00:00", quiet_until="23:59")
    world.plan("post")
    world.plan("answer", to=direct(ada), kind=Kind.ANSWER)
    await world.advance()
    assert sorted(world.posted) == ["answer:1", "post:1"]


async def test_quiet_hours_that_outlast_the_message_let_it_expire(
    community: CommunityStore,
) -> None:
    world = World(community)
    ada = world.person("Ada Example", quiet_from="10:00", quiet_until="20:00")
    world.plan("one", to=direct(ada), expires=START + HOUR)
    await world.advance(DAY)
    assert world.row("one:1").state is DeliveryState.EXPIRED
    assert world.posted == []


async def test_a_pair_without_a_common_home_gets_one_message_each(
    community: CommunityStore,
) -> None:
    world = World(community)
    ada = world.person("Ada Example")

    def elsewhere(tx: Tx) -> tuple[str, str, str]:
        home = builders.home(tx, "other")
        ben = builders.member(tx, "Ben Example", Role.COACH)
        builders.account(tx, ben, home)
        return home.id, ben.id, builders.pair(tx, tx.need(Member, ada), ben).id

    other, ben, pair = community.write_now(elsewhere)
    world.engine.courier.platforms = {world.home_id: world.platform, other: world.platform}
    world.plan("agenda", to=Address("pair", pair))
    await world.advance()
    assert sorted(world.posted) == sorted([f"agenda:{ada}:1", f"agenda:{ben}:1"])
    assert world.row("agenda:1").state is DeliveryState.CANCELED


async def test_a_home_that_is_not_connected_is_waited_for(community: CommunityStore) -> None:
    world = World(community)
    platforms: dict[str, Any] = {}
    world.engine.courier.platforms = platforms
    world.plan("one")
    await world.advance(3 * MINUTE)
    assert world.posted == []
    platforms[world.home_id] = world.platform
    await world.advance(2 * MINUTE)
    assert world.posted == ["one:1"]
