import asyncio
import json
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from core.chat import Message
from storage.members import Member
from storage.words import MemberState
from tests import builders
from tests.platforms.local.world import Page, Refusal, World, serving


def texts(messages: list[dict[str, str]]) -> list[str]:
    return [message["html"].removeprefix("<p>").removesuffix("</p>\n") for message in messages]


async def test_everybody_can_be_met_and_organizers_come_first(world: World) -> None:
    async with serving(world) as page:
        state = await page(world.ada).get("state")
    assert [(one["name"], one["role"]) for one in state["people"]] == [
        ("Cora Example", "organizer"),
        ("Ben Example", "coach"),
        ("Ada Example", "teacher"),
    ]
    assert state["me"]["name"] == "Ada Example"
    assert state["impersonation"] is True


async def test_the_first_visit_is_an_active_teachers_or_else_the_organizers(world: World) -> None:
    def becomes(account: str, state: MemberState) -> None:
        world.store.write_now(lambda tx: setattr(tx.need(Member, account), "state", state))

    async with serving(world) as page:
        nobody = page("")
        assert (await nobody.get("state"))["first"] == world.ada
        becomes(world.ada, MemberState.INVITED)
        becomes(world.cora, MemberState.INVITED)
        assert (await nobody.get("state"))["first"] == world.cora
        becomes(world.cora, MemberState.WAITING)
        assert (await nobody.get("state"))["first"] in {world.ada, world.ben, world.cora}


async def test_the_channels_come_in_their_order_and_the_bot_is_there(world: World) -> None:
    async with serving(world) as page:
        conversations = (await page(world.ada).get("state"))["conversations"]
    assert [one["name"] for one in conversations] == [
        "announcements",
        "reflections",
        "webinars",
        "coaching",
        "general",
        "Staffroom",
    ]


async def test_a_message_for_another_person_marks_that_person(world: World) -> None:
    async with serving(world) as page:
        await world.direct(world.ben, "Hello Ben")
        await world.platform.post("c-general", Message("Hello all"), key="k")
        people = (await page(world.ada).get("state"))["people"]
        assert {one["name"]: one["unread"] for one in people} == {
            "Ada Example": 0,
            "Ben Example": 1,
            "Cora Example": 0,
        }


async def test_what_was_read_is_not_unread_any_more(world: World) -> None:
    async with serving(world) as page:
        ben, place = page(world.ben), f"d-{world.ben}"
        await world.direct(world.ben, "One")
        await world.direct(world.ben, "Two")
        assert await ben.unread(place) == 2
        await ben.post("read", place=place, through=1)
        assert await ben.unread(place) == 1
        await ben.post("read", place=place, through=99)
        assert await ben.unread(place) == 0
        await world.direct(world.ben, "Three")
        assert await ben.unread(place) == 1


async def test_what_i_write_is_unread_for_others_only(world: World) -> None:
    async with serving(world) as page:
        await page(world.ada).say("c-general", "Hello")
        assert await page(world.ada).unread("c-general") == 0
        assert await page(world.ben).unread("c-general") == 1


async def test_direct_messages_are_for_one_person(world: World) -> None:
    async with serving(world) as page:
        await world.direct(world.ben, "For Ben")
        with pytest.raises(Refusal) as refusal:
            await page(world.ada).messages(f"d-{world.ben}")
        assert refusal.value.status == 404
        with pytest.raises(Refusal):
            await page(world.ada).say(f"d-{world.ben}", "Let me in")


async def test_a_pair_speaks_among_themselves(world: World) -> None:
    async with serving(world) as page:
        pair = await world.platform.open_group([world.ada, world.ben], "Ada & Ben")
        ref = await world.platform.post(pair, Message("Agenda"), key="k")
        await page(world.ada).say(pair, "I will be there")
        assert texts(await page(world.ben).messages(pair)) == ["Agenda", "I will be there"]
        (shown,) = [
            one
            for one in (await page(world.ben).get("state"))["conversations"]
            if one["place"] == pair
        ]
        assert shown["name"] == "Ada Example"
        cora = page(world.cora)
        for asking in (
            cora.messages(pair),
            cora.get("thread", place=pair, root=ref.message),
            cora.get("thread", place="c-general", root=ref.message),
            cora.post("read", place=pair, through=1),
        ):
            with pytest.raises(Refusal):
                await asking
        assert pair not in [one["place"] for one in (await cora.get("state"))["conversations"]]


async def test_a_private_answer_is_seen_by_the_asker_alone(world: World) -> None:
    async with serving(world) as page:
        answer = await page(world.ada).ask("c-general", line="/note read")
        mine, theirs = await page(world.ada).messages("c-general"), page(world.ben)
        assert mine[0]["private"]
        assert await theirs.messages("c-general") == []
        assert await theirs.messages("c-general", since=0) == []
        assert await theirs.unread("c-general") == 0
        with pytest.raises(Refusal):
            await theirs.get("thread", place="c-general", root=answer["message"])
        with pytest.raises(Refusal):
            await theirs.ask("c-general", button="note read", message=answer["message"])


async def test_history_comes_in_pages_from_the_newest(world: World) -> None:
    async with serving(world) as page:
        for number in range(95):
            await world.platform.post("c-general", Message(str(number)), key=f"k{number}")
        ada = page(world.ada)
        newest = await ada.get("messages", place="c-general")
        older = await ada.get("messages", place="c-general", before=newest["before"])
        oldest = await ada.get("messages", place="c-general", before=older["before"])
        seen = texts(oldest["messages"]) + texts(older["messages"]) + texts(newest["messages"])
        assert seen == [str(number) for number in range(95)]
        assert (newest["more"], older["more"], oldest["more"]) == (True, True, False)


async def test_changes_since_a_version_are_all_that_is_asked_for(world: World) -> None:
    async with serving(world) as page:
        old = await world.platform.post("c-general", Message("old"), key="1")
        other = await world.platform.post("c-general", Message("untouched"), key="2")
        ada = page(world.ada)
        known = (await ada.get("messages", place="c-general"))["version"]
        await world.platform.edit(old, Message("edited"))
        await world.platform.post("c-general", Message("reply"), key="3", under=other)
        changes = await ada.get("messages", place="c-general", since=known)
        assert [one["id"] for one in changes["messages"]][:1] == [old.message]
        assert sorted(texts(changes["messages"])) == ["edited", "reply", "untouched"]
        again = await ada.get("messages", place="c-general", since=changes["version"])
        assert again["messages"] == []


async def test_a_page_that_slept_for_long_is_told_to_start_afresh(world: World) -> None:
    async with serving(world) as page:
        for number in range(401):
            await world.platform.post("c-general", Message("x"), key=f"k{number}")
        assert await page(world.ada).get("messages", place="c-general", since=0) == {"reload": True}


async def test_replies_stand_in_the_thread_with_their_count(world: World) -> None:
    async with serving(world) as page:
        root = await world.platform.post("c-reflections", Message("Prompt"), key="1")
        reply = await world.platform.post("c-reflections", Message("Mine"), key="2", under=root)
        ada = page(world.ada)
        await ada.say("c-reflections", "I like it", under=root.message)
        (shown,) = await ada.messages("c-reflections")
        assert shown["replies"]["count"] == 2
        thread = (await ada.get("thread", place="c-reflections", root=root.message))["messages"]
        assert texts(thread) == ["Prompt", "Mine", "I like it"]
        await world.platform.delete(reply)
        (shown,) = await ada.messages("c-reflections")
        assert shown["replies"]["count"] == 1


async def test_a_deleted_message_is_gone_unless_people_replied(world: World) -> None:
    async with serving(world) as page:
        lonely = await world.platform.post("c-general", Message("lonely"), key="1")
        discussed = await world.platform.post("c-general", Message("discussed"), key="2")
        ada = page(world.ada)
        await ada.say("c-general", "I disagree", under=discussed.message)
        await world.platform.delete(lonely)
        await world.platform.delete(discussed)
        (left,) = await ada.messages("c-general")
        assert left["id"] == discussed.message
        assert left["deleted"]
        assert "html" not in left


async def test_people_see_the_commands_that_they_may_use(world: World) -> None:
    async with serving(world) as page:
        teacher = (await page(world.ada).get("commands"))["commands"]
        organizer = (await page(world.cora).get("commands"))["commands"]
    paths = [command["path"] for command in teacher]
    assert "note write" in paths
    assert "poll vote" not in paths
    assert "note purge" not in paths
    assert "note purge" in [command["path"] for command in organizer]


async def test_who_waits_to_be_let_in_talks_with_the_bot_alone(world: World) -> None:
    def wait(tx):  # type: ignore[no-untyped-def]
        return builders.member(tx, "Wes Example", state=MemberState.WAITING).id

    wes = world.store.write_now(wait)
    async with serving(world) as page:
        state = await page(wes).get("state")
        assert [one["kind"] for one in state["conversations"]] == ["direct"]
        with pytest.raises(Refusal):
            await page(wes).messages("c-general")


async def test_a_newcomer_can_come_once_and_again(world: World) -> None:
    async with serving(world) as page:
        key = "0123456789abcdef"
        first = await page("").post("newcomer", key=key, name=" New  Example ")
        assert await page("").post("newcomer", key=key, name="New Example") == first
        state = await page(first["account"]).get("state")
        assert state["me"] == {"account": first["account"], "name": "New Example", "role": None}
        assert [one["name"] for one in state["conversations"]] == ["Staffroom"]
        assert state["people"][-1]["name"] == "New Example"
        with pytest.raises(Refusal):
            await page("").post("newcomer", key=key, name=" ")


async def test_open_pages_hear_of_changes(world: World) -> None:
    async with serving(world) as page, ClientSession() as session:
        here = page(world.ada)
        async with session.get(f"{here.address}api/events", params={"as": world.ada}) as events:
            await world.platform.post("c-general", Message("Hello"), key="k")
            line = await asyncio.wait_for(events.content.readline(), 5)
            assert json.loads(line.removeprefix(b"data: ")) == {"type": "change"}


class TestBesideARealHome:
    """Local is not the only home: people come by personal link, and the clock is real."""

    @pytest.fixture
    def world(self, world: World) -> World:
        async def who_is(token: str) -> str | None:
            return {"ada-token": world.ada, "ben-token": world.ben}.get(token)

        world.server.who_is = who_is
        return world

    async def enter(self, page: Page, token: str) -> int:
        async with page.session.get(
            f"{page.address}enter", params={"token": token}, allow_redirects=False
        ) as response:
            return response.status

    async def test_nobody_can_be_somebody_else(self, world: World) -> None:
        async with serving(world) as page:
            await world.direct(world.ben, "For Ben alone")
            world.clock.impersonation = False
            as_ben = page(world.ben)
            for asking in (
                as_ben.messages(f"d-{world.ben}"),
                as_ben.say("c-general", "I am Ben"),
                as_ben.ask("c-general", line="/note read"),
                as_ben.get("commands"),
            ):
                with pytest.raises(Refusal) as refusal:
                    await asking
                assert refusal.value.status == 401
            state = await as_ben.get("state")
            assert (state["me"], state["people"], state["conversations"]) == (None, [], [])

    async def test_a_personal_link_lets_one_person_in(self, world: World) -> None:
        async with serving(world) as page:
            await world.direct(world.ada, "For Ada")
            await world.direct(world.ben, "For Ben")
            world.clock.impersonation = False
            pretends = page(world.ben)
            assert await self.enter(pretends, "wrong") == 403
            assert await self.enter(pretends, "ada-token") == 303
            assert (await pretends.get("state"))["me"]["name"] == "Ada Example"
            assert texts(await pretends.messages(f"d-{world.ada}")) == ["For Ada"]
            with pytest.raises(Refusal):
                await pretends.messages(f"d-{world.ben}")

    async def test_a_session_ends_after_a_month(self, world: World) -> None:
        async with serving(world) as page:
            world.clock.impersonation = False
            ada = page(world.ada)
            await self.enter(ada, "ada-token")
            world.clock.moment += timedelta(days=31)
            assert (await ada.get("state"))["me"] is None

    async def test_the_clock_stays_and_newcomers_are_not_made_up(self, world: World) -> None:
        async with serving(world) as page:
            world.clock.impersonation = False
            ada = page(world.ada)
            await self.enter(ada, "ada-token")
            for asking in (
                ada.post("clock", step="day"),
                ada.post("newcomer", key="12345678-x", name="New Example"),
            ):
                with pytest.raises(Refusal) as refusal:
                    await asking
                assert refusal.value.status == 403
