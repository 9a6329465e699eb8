"""People as Slack tells of them: who is recognized, who comes, changes, leaves and returns."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from storage import members
from storage.database import Tx
from storage.members import Account, Member
from storage.words import MemberState
from tests import builders
from tests.faculty import BEFORE, Faculty
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.slack import FakeSlack
from tests.platforms.slack.world import Watch, World, slack_world


@pytest.fixture
async def world(faculty: Faculty) -> AsyncIterator[World]:
    """Before the term, when nothing else is due."""
    invited(faculty)
    async with slack_world(faculty, clock=Watch(BEFORE)) as made:
        yield made


def invited(faculty: Faculty) -> Member:
    """Eve is on the roster, and was never seen."""
    return faculty.write(
        lambda tx: builders.member(
            tx,
            "Eve Example",
            state=MemberState.INVITED,
            joined_at=None,
            cohort_id=faculty.cohort.id,
        )
    )


def accounts_of(faculty: Faculty, name: str) -> list[Account]:
    """The accounts of somebody on the roster."""

    def look(tx: Tx) -> list[Account]:
        found = members.by_email(tx, f"{name}@example.org")
        assert found is not None
        return list(members.accounts(tx, found.id))

    return faculty.community.read_now(look)


def account(world: World, name: str = "ada") -> Account:
    return world.faculty.now_is(world.faculty.accounts[name])


def member(world: World, name: str = "ada") -> Member:
    return world.faculty.now_is(world.faculty.members[name])


def _now() -> asyncio.Event:
    """A delay that is over."""
    event = asyncio.Event()
    event.set()
    return event


def _may_not_read(slack: FakeSlack) -> None:
    slack.fail_next("users.list", error="missing_scope", times=9)


async def _goes_on(world: World) -> None:
    """What can happen has happened."""
    for _ in range(5):
        await world.people["ada"].command("/staffroom", "today")


async def met(world: World, after: int = 1) -> None:
    """Waits until everybody in the workspace was read, after so many other things of which we
    wake up."""
    async with asyncio.timeout(5):
        for _ in range(after + 1):
            await world.woken.get()


# At the start


async def test_whoever_is_on_the_roster_is_matched_by_their_address(faculty: Faculty) -> None:
    invited(faculty)

    def eve_is_there(slack: FakeSlack) -> None:
        slack.workspace.add_user("E. Example", email="Eve@example.org", tz="America/New_York")

    async with slack_world(faculty, before=eve_is_there) as world:
        await met(world)
        (found,) = accounts_of(faculty, "eve")
        assert (found.name, found.zone) == ("E. Example", "America/New_York")
        assert world.slack.posts == []


async def test_everybody_of_a_large_workspace_is_read(faculty: Faculty) -> None:
    invited(faculty)

    def many(slack: FakeSlack) -> None:
        for number in range(1_050):
            slack.workspace.add_user(f"Number {number}")
        slack.workspace.add_user("Eve Example")
        slack.workspace.users[next(reversed(slack.workspace.users))].email = "eve@example.org"

    async with slack_world(faculty, before=many) as world:
        await met(world)
        assert len(accounts_of(faculty, "eve")) == 1
        assert world.slack.calls["users.list"] >= 3


async def test_people_are_read_again_when_slack_was_busy(faculty: Faculty) -> None:
    invited(faculty)

    def busy(slack: FakeSlack) -> None:
        slack.workspace.add_user("Eve Example", email="eve@example.org")
        slack.fail_next("users.list", retry_after=120, times=2)

    async with slack_world(faculty, before=busy) as world:
        await met(world)
        assert len(accounts_of(faculty, "eve")) == 1


async def test_somebody_of_our_workspace_in_an_organization_is_matched_wherever_they_came_first(
    faculty: Faculty,
) -> None:
    """Enterprise Grid: the user names one of their workspaces, and `enterprise_user` all."""
    invited(faculty)

    def somebody(slack: FakeSlack) -> None:
        slack.workspace.add_user(
            "Eve Example",
            email="eve@example.org",
            team_id="T0ELSEWHERE",
            workspaces=("T0ELSEWHERE", slack.workspace.id),
        )

    async with slack_world(faculty, before=somebody) as world:
        await met(world)
        assert len(accounts_of(faculty, "eve")) == 1


async def test_thousands_of_people_are_read_at_slacks_pace(faculty: Faculty) -> None:
    invited(faculty)

    def thousands(slack: FakeSlack) -> None:
        slack.limits.on = True
        slack.limits.clock = lambda: 0.0  # all within a minute
        for number in range(5_000):
            slack.workspace.add_user(f"Number {number}")
        slack.workspace.add_user("Eve Example", email="eve@example.org")

    async with slack_world(faculty, before=thousands) as world:
        await met(world)
        assert len(accounts_of(faculty, "eve")) == 1


async def test_reading_people_goes_on_where_slack_made_us_wait(faculty: Faculty) -> None:
    def long(slack: FakeSlack) -> None:
        for number in range(1_200):
            slack.workspace.add_user(f"Number {number}")
        slack.fail_next("users.list", delay=_now())
        slack.fail_next("users.list", retry_after=60, times=2)

    async with slack_world(faculty, before=long) as world:
        await met(world)
        read = [one.get("cursor", "") for one in world.slack.asked("users.list") if one]
        assert len(read) == len(set(read)) == 3
        assert world.stopwatch.seconds >= 1_120


async def test_people_who_may_not_be_read_are_not_asked_for_again(
    faculty: Faculty, capsys: pytest.CaptureFixture[str]
) -> None:
    async with slack_world(faculty, before=_may_not_read) as world:
        await _goes_on(world)
        assert world.slack.calls["users.list"] == 1
    assert "people not read" in capsys.readouterr().out


@pytest.mark.parametrize("trouble", [{"http_status": 502}, {"drop_connection_after": True}])
async def test_people_are_read_again_when_the_connection_broke(
    faculty: Faculty, trouble: dict[str, Any]
) -> None:
    def broken(slack: FakeSlack) -> None:
        slack.fail_next("users.list", **trouble)

    async with slack_world(faculty, before=broken) as world:
        await met(world)
        assert world.slack.calls["users.list"] == 2


async def test_a_home_that_has_ended_is_not_asked_for_its_people_again(faculty: Faculty) -> None:
    def ended(slack: FakeSlack) -> None:
        slack.fail_next("users.list", error="account_inactive", times=9)
        slack.fail_next("auth.test", delay=_now())
        slack.fail_next("auth.test", error="account_inactive", times=9)

    async with slack_world(faculty, before=ended, ack_within=0.1) as world:
        await _goes_on(world)
        assert world.service.seats == {}
        assert world.slack.calls["users.list"] == 1


@pytest.mark.parametrize(
    "kind",
    [
        {"is_restricted": True},
        {"is_restricted": True, "is_ultra_restricted": True},
        {"is_stranger": True},
        {"team_id": "T0ELSEWHERE"},
        {"team_id": "T0ELSEWHERE", "workspaces": ("T0ELSEWHERE", "T0OTHER")},
        {"is_bot": True},
        {"deleted": True},
    ],
)
async def test_an_address_of_which_slack_does_not_vouch_matches_nobody(
    faculty: Faculty, kind: dict[str, object]
) -> None:
    invited(faculty)

    def somebody(slack: FakeSlack) -> None:
        slack.workspace.add_user("Eve Example", email="eve@example.org", **kind)

    async with slack_world(faculty, before=somebody) as world:
        await met(world)
        assert accounts_of(faculty, "eve") == []


async def test_slack_that_cannot_be_reached_at_the_start_is_tried_again(faculty: Faculty) -> None:
    def away(slack: FakeSlack) -> None:
        slack.fail_next("auth.test", error="service_unavailable", times=2)

    async with slack_world(faculty, before=away) as world:
        await world.slack.until(lambda: world.connected)
        answer = await world.people["ada"].command("/staffroom", "today")
        assert answer.error == ""


# While we are there


async def test_a_newcomer_on_the_roster_is_invited(world: World) -> None:
    eve = await world.slack.newcomer("Eve Example", email="eve@example.org")
    await world.deliver()
    (found,) = accounts_of(world.faculty, "eve")
    assert found.external_id == eve.id
    assert "Lakeside Virtual" in "\n".join(eve.reads(eve.direct))


async def test_a_newcomer_whom_nobody_knows_is_left_in_peace(world: World) -> None:
    nora = await world.slack.newcomer("Nora Newcomer")
    await world.deliver()
    assert nora.reads(nora.direct) == []


@pytest.mark.parametrize("kind", [{"is_restricted": True}, {"is_bot": True}, {"is_stranger": True}])
async def test_a_guest_who_comes_is_not_taken_for_somebody_on_the_roster(
    world: World, kind: dict[str, bool]
) -> None:
    await world.slack.newcomer("Eve Example", email="eve@example.org", **kind)
    assert accounts_of(world.faculty, "eve") == []


async def test_a_guest_who_belongs_to_us_comes_in_by_asking(world: World) -> None:
    guest = await world.slack.newcomer("Eve Example", email="eve@example.org", is_restricted=True)
    modal = await (await guest.command("/enroll")).opened()
    await guest.submit(modal, {})
    await world.deliver()
    olga = world.people["olga"]
    assert "Eve Example" in "\n".join(olga.reads(olga.direct))


async def test_a_change_of_address_lets_somebody_be_recognized(world: World) -> None:
    eve = await world.slack.newcomer("Eve Example", email="eve@elsewhere.org")
    assert accounts_of(world.faculty, "eve") == []
    await eve.change(email="eve@example.org")
    assert [one.external_id for one in accounts_of(world.faculty, "eve")] == [eve.id]


async def test_a_new_name_is_followed(world: World) -> None:
    await world.people["ada"].change(display_name="Ada L.")
    assert account(world).name == "Ada L."


async def test_a_move_to_another_zone_is_followed(world: World) -> None:
    await world.people["ada"].change(tz="Europe/Berlin")
    assert account(world).zone == "Europe/Berlin"
    assert member(world).told_zone == "Europe/Berlin"


async def test_a_zone_that_nobody_knows_changes_nothing(world: World) -> None:
    before = account(world).zone
    await world.people["ada"].change(tz="Mars/Olympus")
    assert account(world).zone == before


async def test_somebody_who_is_deactivated_is_left_in_peace_and_organizers_hear_of_it(
    world: World,
) -> None:
    ada, olga = world.people["ada"], world.people["olga"]
    await ada.change(deleted=True)
    assert account(world).left_at is not None
    assert member(world).paused(world.clock.now())
    await world.deliver()
    assert "Ada Example is not in" in "\n".join(olga.reads(olga.direct))


async def test_somebody_who_comes_back_goes_on(world: World) -> None:
    ada = world.people["ada"]
    await ada.change(deleted=True)
    await ada.change(deleted=False)
    assert account(world).left_at is None
    assert not member(world).paused(world.clock.now())


async def test_a_change_that_is_nothing_to_us_wakes_nobody(world: World) -> None:
    await met(world)
    await world.people["ada"].change(locale="de-DE")
    assert world.woken.empty()
    await world.people["ada"].change(tz="Europe/Berlin")
    assert not world.woken.empty()


async def test_a_change_that_could_not_be_kept_is_kept_when_slack_repeats_it(world: World) -> None:
    await met(world)
    world.slack.ack_within = 0.1
    world.store.failures = 2
    await world.people["ada"].change(tz="Europe/Berlin")
    assert account(world).zone != "Europe/Berlin"
    world.slack.ack_within = 3.0
    await world.slack.repeat()
    assert account(world).zone == "Europe/Berlin"


async def test_a_newcomer_who_was_mentioned_before_we_heard_that_they_came_is_invited(
    world: World,
) -> None:
    await met(world)
    eve = world.slack.workspace.add_user("Eve Example", email="eve@example.org")
    await world.people["ada"].dm_bot(f"Here is <@{eve.id}>.")
    await world.service.intake.answers.finish()
    assert world.slack.calls["users.info"] == 1
    await world.slack.event({"type": "team_join", "user": eve.document(email=True)})
    assert len(accounts_of(world.faculty, "eve")) == 1


async def test_what_changes_while_people_are_read_is_not_undone_by_the_older_list(
    faculty: Faculty,
) -> None:
    held = asyncio.Event()

    def slow(slack: FakeSlack) -> None:
        for number in range(600):
            slack.workspace.add_user(f"Number {number}")
        slack.fail_next("users.list", delay=_now())
        slack.fail_next("users.list", delay=held)

    async with slack_world(faculty, before=slow) as world:
        await world.slack.until(lambda: world.slack.calls["users.list"] == 2)
        await world.people["ada"].change(tz="Europe/Berlin")
        held.set()
        await met(world, after=2)
        assert account(world).zone == "Europe/Berlin"


async def test_somebody_new_to_us_is_looked_up_once(world: World) -> None:
    nora = world.slack.person(world.slack.workspace.add_user("Nora Newcomer"))
    for _ in range(3):
        await nora.command("/staffroom", "help")
    assert world.slack.calls["users.info"] == 1


async def test_somebody_of_whom_slack_tells_nothing_is_answered(world: World) -> None:
    world.slack.fail_next("users.info", error="user_not_found")
    nora = world.slack.person(world.slack.workspace.add_user("Nora Newcomer"))
    answer = await nora.command("/staffroom", "help")
    assert "/enroll" in answer.text


async def test_somebody_of_another_workspace_is_a_guest_here(world: World) -> None:
    """Slack Connect: they share a channel with us, and their address vouches for nothing."""
    eve = world.slack.person(
        world.slack.workspace.add_user("Eve Example", email="eve@example.org", team_id="T0OTHER")
    )
    modal = await (await eve.command("/enroll")).opened()
    assert "eve@example.org" not in str(modal.blocks)
    assert accounts_of(world.faculty, "eve") == []


async def test_a_regular_member_on_the_roster_enrolls_by_their_address(world: World) -> None:
    eve: Person = world.slack.person(
        world.slack.workspace.add_user("Eve Example", email="eve@example.org")
    )
    answer = await eve.command("/enroll")
    assert "Welcome to Lakeside Virtual, Eve Example" in answer.text
