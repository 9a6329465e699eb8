import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from core.cards.answer import answer as compose
from core.chat import Message
from storage import local_chat, outbox
from storage.database import StoreError
from tests.platforms.local.world import NOW, Refusal, World, serving


async def test_a_typed_command_is_answered_in_its_place(world: World) -> None:
    async with serving(world) as page:
        ada = page(world.ada)
        await ada.ask("c-general", line="/note say words: Good morning")
        (answer,) = await page(world.ben).messages("c-general")
        assert "Good morning" in answer["html"]
        assert answer["about"] == "Ada Example · /note say"


async def test_collected_parameters_are_handed_over_as_they_are(world: World) -> None:
    async with serving(world) as page:
        ada = page(world.ada)
        args = {"question": "days: none?", "days": "3", "chair": world.ben}
        await ada.ask("c-general", path="poll start", args=args)
        (answer,) = await ada.messages("c-general")
        assert answer["title"] == "days: none?"
        assert "Ben Example looks after it" in answer["html"]


async def test_a_wrong_command_gets_the_nearest(world: World) -> None:
    async with serving(world) as page:
        ada = page(world.ada)
        await ada.ask("c-general", line="/not raed")
        (answer,) = await ada.messages("c-general")
        assert "/note read" in answer["html"]
        assert answer["private"]


async def test_a_repeated_request_has_one_effect_and_one_answer(world: World) -> None:
    async with serving(world) as page:
        ada, key = page(world.ada), str(uuid4())
        first = await ada.ask("c-general", key, line="/note say words: once")
        assert await ada.ask("c-general", key, line="/note say words: once") == first
        again = await asyncio.gather(
            *(ada.post("say", key=key, place="c-general", text="hello") for _ in range(3))
        )
        assert len({one["message"] for one in again}) == 1
        assert len(await ada.messages("c-general")) == 2


async def test_the_key_of_one_person_says_nothing_to_another(world: World) -> None:
    async with serving(world) as page:
        key = str(uuid4())
        await page(world.ada).ask("c-general", key, line="/note read")
        await page(world.ben).ask("c-general", key, line="/note say words: mine")
        (seen,) = await page(world.ben).messages("c-general")
        assert "mine" in seen["html"]


async def test_a_form_opens_is_refused_with_its_problems_and_is_accepted(world: World) -> None:
    async with serving(world) as page:
        ada = page(world.ada)
        opened = await ada.ask("c-general", line="/note write")
        assert opened["type"] == "form"
        assert [param["name"] for param in opened["form"]["params"]] == [
            "title",
            "body",
            "audience",
        ]
        typed = {"title": "x" * 70, "body": "My words"}
        refused = await ada.ask("c-general", path="note write", args=typed, form=True)
        assert refused["type"] == "rejected"
        assert "title" in refused["form"]["problems"]
        assert refused["form"]["values"]["body"] == "My words"
        mended = {**typed, "title": "Mended"}
        assert (await ada.ask("c-general", path="note write", args=mended, form=True))["type"] == (
            "reply"
        )


async def test_a_pressed_button_replaces_its_message_for_everyone(world: World) -> None:
    async with serving(world) as page:
        args = {"question": "Shall we?", "days": "3"}
        asked = await page(world.ada).ask("c-general", path="poll start", args=args)
        key, what = str(uuid4()), {"button": "poll vote|yes=1", "message": asked["message"]}
        await page(world.ben).ask("c-general", key, **what)
        await page(world.ben).ask("c-general", key, **what)
        (poll,) = await page(world.cora).messages("c-general")
        assert "1 said yes" in poll["html"]
        assert poll["edited"]


async def test_a_button_of_a_deleted_message_gets_a_clear_answer(world: World) -> None:
    async with serving(world) as page:
        ref = await world.platform.post("c-general", Message("x"), key="k")
        await world.platform.delete(ref)
        with pytest.raises(Refusal) as refusal:
            await page(world.ada).ask("c-general", button="note read", message=ref.message)
        assert refusal.value.text == "That message is not there any more."


async def test_a_forged_press_overwrites_nobodys_message(world: World) -> None:
    async with serving(world) as page:
        ada, ben = page(world.ada), page(world.ben)
        await ada.say("c-general", "My own words")
        (own,) = await ada.messages("c-general")
        poll = await ada.ask("c-general", path="poll start", args={"question": "?", "days": "3"})
        key = str(uuid4())
        await ben.ask("c-general", key, button="poll vote|yes=1", message=poll["message"])
        for what in (
            {"button": "poll vote|yes=1", "message": own["id"]},
            {"button": "poll vote|yes=99", "message": poll["message"]},
        ):
            with pytest.raises(Refusal) as refusal:
                await ben.ask("c-general", **what)
            assert refusal.value.text == "That button is not there any more."
        with pytest.raises(Refusal):  # not with the key of a press that was handled, either
            await ben.ask("c-general", key, button="poll vote|yes=1", message=own["id"])
        await ben.ask("c-general", key, line="/poll vote", message=own["id"])
        shown = await ada.messages("c-general")
        assert "My own words" in shown[0]["html"]
        assert "1 said yes" in shown[1]["html"]


async def test_an_answer_that_cannot_be_written_down_follows_as_a_direct_message(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(world) as page:
        ada, key = page(world.ada), str(uuid4())
        with monkeypatch.context() as patch:
            patch.setattr(local_chat, "post", _full)
            with pytest.raises(Refusal) as refusal:
                await ada.ask("c-general", key, line="/note say words: once")
        assert "This is done" in refusal.value.text
        assert "direct message" in refusal.value.text
        (planned,) = await world.store.read(lambda tx: outbox.with_prefix(tx, "answer:"))
        assert planned.member_id == world.ada
        said = await world.store.read(lambda tx: compose(tx, planned, NOW))
        assert isinstance(said, Message)
        assert said.text == "once"
        again = await ada.ask("c-general", key, line="/note say words: once")
        assert again["type"] == "reply"
        assert len(await ada.messages("c-general")) == 1


async def test_what_only_looks_is_not_called_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(world) as page:
        monkeypatch.setattr(local_chat, "post", _full)
        with pytest.raises(Refusal) as refusal:
            await page(world.ada).ask("c-general", line="/note read")
        assert "I could not do that" in refusal.value.text


def _full(*_: object, **__: object) -> None:
    raise StoreError("the disk is full")


async def test_an_answer_in_a_thread_stays_in_the_thread(world: World) -> None:
    async with serving(world) as page:
        ada = page(world.ada)
        root = await world.platform.post("c-general", Message("root"), key="k")
        await ada.ask("c-general", line="/note read", under=root.message)
        (shown,) = await ada.messages("c-general")
        assert shown["replies"]["count"] == 1
        (theirs,) = await page(world.ben).messages("c-general")
        assert theirs["replies"] is None


async def test_completion_knows_the_people(world: World) -> None:
    async with serving(world) as page:
        found = await page(world.ada).post(
            "complete", place="c-general", path="poll start", param="chair", typed="be"
        )
        assert found["choices"] == [{"value": world.ben, "label": "Ben Example · coach"}]


async def test_plain_words_to_the_bot_are_heard_once_and_answered(world: World) -> None:
    async with serving(world) as page:
        ada, place, key = page(world.ada), f"d-{world.ada}", str(uuid4())
        await ada.get("state")
        for _ in range(2):
            await ada.post("say", key=key, place=place, text="Are you there?")
        said = await ada.messages(place)
        assert [one["author"]["role"] for one in said] == ["teacher", "bot"]
        assert "I heard: Are you there?" in said[1]["html"]


@pytest.mark.parametrize("text", ["", " \n ", "x" * 100_001])
async def test_what_cannot_be_said_is_refused_in_words(world: World, text: str) -> None:
    async with serving(world) as page:
        with pytest.raises(Refusal) as refusal:
            await page(world.ada).say("c-general", text)
        assert refusal.value.status == 400
        assert refusal.value.text.endswith(".")


async def test_a_hundred_thousand_characters_can_be_said(world: World) -> None:
    async with serving(world) as page:
        ada = page(world.ada)
        await ada.say("c-general", "😀" * 100_000)
        (said,) = await ada.messages("c-general")
        assert said["html"].count("😀") == 100_000


@pytest.mark.parametrize(
    "body",
    [{}, {"key": "short", "place": "c-general", "text": "x"}, {"place": 3}, {"surprise": "x"}],
)
async def test_what_the_page_would_never_send_is_refused(
    world: World, body: dict[str, str]
) -> None:
    async with serving(world) as page:
        with pytest.raises(Refusal) as refusal:
            await page(world.ada).post("say", **body)
        assert refusal.value.status == 400


async def test_organizers_make_channels_and_others_do_not(world: World) -> None:
    async with serving(world) as page:
        made = await page(world.cora).post("channel", name="Book club")
        assert made == {"place": "c-book-club"}
        assert await page(world.ada).unread("c-book-club") == 0
        for who, name, status in ((world.ada, "Mine", 403), (world.cora, "book-club", 400)):
            with pytest.raises(Refusal) as refusal:
                await page(who).post("channel", name=name)
            assert refusal.value.status == status


async def test_moving_the_clock_makes_happen_what_is_due(world: World) -> None:
    async def remind() -> None:
        await world.direct(world.ben, "It is time")

    world.clock.plan.append((NOW + timedelta(hours=5), remind))
    async with serving(world) as page:
        ada = page(world.ada)
        moved = await ada.post("clock", step="next")
        assert moved == {"now": "2026-09-14T18:00:00+00:00"}
        assert await page(world.ben).unread(f"d-{world.ben}") == 1
        assert (await ada.post("clock", step="week"))["now"] == "2026-09-21T18:00:00+00:00"
        assert "Nothing is planned" in (await ada.post("clock", step="next"))["problem"]


async def test_the_clock_moves_for_one_at_a_time(world: World) -> None:
    moving, go_on = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        moving.set()
        await go_on.wait()

    world.clock.plan.append((NOW, hold))
    async with serving(world) as page:
        ada = page(world.ada)
        first = asyncio.create_task(ada.post("clock", step="day"))
        await moving.wait()
        assert (await ada.get("state"))["clock"]["moving"]
        with pytest.raises(Refusal) as refusal:
            await ada.post("clock", step="day")
        assert refusal.value.status == 409
        go_on.set()
        await first
        assert not (await ada.get("state"))["clock"]["moving"]
