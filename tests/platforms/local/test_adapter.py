from datetime import timedelta

import pytest

from core.chat import Button, DirectClosed, Found, Message, Person, Purpose, Ref, Refused
from core.errors import UserError
from core.interaction import button_id
from storage.communities import Home
from storage.local_chat import LocalMessage
from tests.platforms.local.world import NOW, World


def kept(world: World, ref: Ref) -> LocalMessage:
    return world.store.read_now(lambda tx: tx.need(LocalMessage, ref.message))


async def test_every_purpose_gets_a_channel_once(world: World) -> None:
    first = await world.platform.ensure_channels()
    assert set(first) == set(Purpose)
    assert await world.platform.ensure_channels() == first
    home = world.store.read_now(lambda tx: tx.need(Home, world.home.id))
    assert home.channels == first


async def test_a_channel_that_an_organizer_chose_is_left_alone(world: World) -> None:
    await world.platform.ensure_channels()
    place = await world.platform.create_channel("#Book Club")

    def choose(tx):  # type: ignore[no-untyped-def]
        home = tx.need(Home, world.home.id)
        home.channels = {**home.channels, "general": place}

    world.store.write_now(choose)
    assert (await world.platform.ensure_channels())["general"] == "c-book-club"


@pytest.mark.parametrize("name", ["", "###", "x" * 60, "general"])
async def test_a_channel_name_that_will_not_do_is_refused_in_words(world: World, name: str) -> None:
    await world.platform.ensure_channels()
    with pytest.raises(UserError, match="hoose"):
        await world.platform.create_channel(name)


async def test_a_message_is_kept_as_it_was_said(world: World) -> None:
    await world.platform.ensure_channels()
    said = Message(
        "Hello **all**", "Week 1", (("When", "now"),), (Button("Go", button_id("note read")),)
    )
    row = kept(world, await world.platform.post("c-general", said, key="k"))
    assert (row.title, row.text, row.fields, row.at) == (
        "Week 1",
        "Hello **all**",
        [["When", "now"]],
        NOW,
    )
    assert row.buttons == [{"label": "Go", "id": "note read", "style": "plain"}]


async def test_the_same_key_is_posted_once(world: World) -> None:
    await world.platform.ensure_channels()
    first = await world.platform.post("c-general", Message("once"), key="k")
    assert await world.platform.post("c-general", Message("twice"), key="k") == first
    assert kept(world, first).text == "once"


async def test_find_is_always_certain(world: World) -> None:
    await world.platform.ensure_channels()
    since = NOW - timedelta(hours=1)
    ref = await world.platform.post("c-general", Message("here"), key="k")
    assert await world.platform.find("c-general", "k", "", since) == ref
    assert await world.platform.find("c-general", "other", "", since) is Found.ABSENT
    assert await world.platform.find("c-webinars", "k", "", since) is Found.ABSENT
    assert await world.platform.find("c-nowhere", "k", "", since) is Found.ABSENT
    assert world.platform.capabilities.can_find


async def test_an_answer_to_an_answer_joins_the_same_thread(world: World) -> None:
    await world.platform.ensure_channels()
    root = await world.platform.post("c-general", Message("root"), key="1")
    first = await world.platform.post("c-general", Message("first"), key="2", under=root)
    second = await world.platform.post("c-general", Message("second"), key="3", under=first)
    assert kept(world, first).under == kept(world, second).under == root.message


async def test_an_edit_replaces_what_was_said(world: World) -> None:
    await world.platform.ensure_channels()
    ref = await world.platform.post("c-general", Message("old", "Old"), key="k")
    assert await world.platform.edit(ref, Message("new")) == ref
    row = kept(world, ref)
    assert (row.text, row.title, row.edited_at) == ("new", "", NOW)


async def test_a_deleted_message_forgets_its_words_and_cannot_be_edited(world: World) -> None:
    await world.platform.ensure_channels()
    ref = await world.platform.post("c-general", Message("secret", "Title"), key="k")
    await world.platform.delete(ref)
    await world.platform.delete(ref)
    row = kept(world, ref)
    assert (row.text, row.title, row.deleted_at) == ("", "", NOW)
    with pytest.raises(Refused):
        await world.platform.edit(ref, Message("again"))


async def test_an_unknown_conversation_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="c-nowhere"):
        await world.platform.post("c-nowhere", Message("hello"), key="k")


async def test_a_stranger_cannot_be_written_to(world: World) -> None:
    with pytest.raises(DirectClosed):
        await world.platform.open_direct("nobody")
    with pytest.raises(DirectClosed):
        await world.platform.open_group([world.ada, "nobody"], "x")


async def test_conversations_are_opened_once(world: World) -> None:
    await world.server.desk.let_everybody_be_met()
    direct = await world.platform.open_direct(world.ada)
    assert direct == f"d-{world.ada}" == await world.platform.open_direct(world.ada)
    group = await world.platform.open_group([world.ben, world.ada], "Ada & Ben")
    assert group == await world.platform.open_group([world.ada, world.ben], "Ben & Ada")


async def test_everybody_with_an_account_is_listed(world: World) -> None:
    assert await world.platform.people() == []
    await world.server.desk.let_everybody_be_met()
    people = await world.platform.people()
    assert Person(world.ada, "Ada Example", "ada@example.org") in people
    assert len(people) == 3


async def test_a_channel_of_a_name_is_made_once(world: World) -> None:
    first = await world.platform.open_channel("Book Club")
    assert await world.platform.open_channel("#book-club") == first == "c-book-club"


async def test_a_channel_without_a_name_is_refused_in_words(world: World) -> None:
    with pytest.raises(Refused, match="A channel name has 1 to 40 letters"):
        await world.platform.open_channel("***")
