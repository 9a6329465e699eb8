"""Buttons, menus and forms in Slack: what they change, who sees it; nothing typed is lost."""

from datetime import timedelta

import pytest

from bot.platforms.slack.limits import LIMITS
from core.interaction import button_id
from storage import reflections, webinars
from storage.communities import Home
from storage.database import Tx
from storage.reflections import Reflection
from storage.webinars import Webinar
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.reading import buttons_of, text_of
from tests.platforms.slack.fake.workspace import Message, View
from tests.platforms.slack.world import World

WEBINAR = "title: Feedback that lands when: 2026-09-03 16:00"
LONG = "\n\n".join(f"{number}. " + "A word or two. " * 40 for number in range(12)).strip()


@pytest.fixture
def ada(world: World) -> Person:
    return world.people["ada"]


@pytest.fixture
def olga(world: World) -> Person:
    return world.people["olga"]


async def announced(world: World) -> Message:
    """The announcement of a webinar, in its channel."""
    place = world.channel("webinars")
    await world.people["olga"].command("/webinar", f"announce {WEBINAR}")
    await world.deliver()
    there = [one for one in world.slack.posts if one.channel == place]
    return next(one for one in there if "Feedback that lands" in text_of(one))


def ahead(world: World) -> list[Webinar]:
    return list(
        world.faculty.community.read_now(lambda tx: webinars.upcoming(tx, world.clock.now()))
    )


def stored(world: World, name: str = "ada") -> Reflection:
    member = world.faculty.members[name].id
    (row,) = world.faculty.community.read_now(lambda tx: reflections.by_member(tx, member))
    return row


def with_button(world: World, message: Message, value: str) -> Message:
    """The message as it stood there with another button."""
    message.blocks[-1]["elements"][0]["value"] = value
    return message


async def seen_by(world: World, person: Person, message: Message) -> Message:
    """Waits for what only this person is shown in a message's channel."""
    await world.service.intake.answers.finish()
    return [one for one in person.sees(message.channel) if one.to == person.id][-1]


# In messages


async def test_a_button_changes_its_message_in_place(world: World, ada: Person) -> None:
    await world.deliver()
    (step, *_) = [one for one in world.slack.posts if one.channel == ada.direct.id]
    posts = len(world.slack.posts)
    await ada.press(step, buttons_of(step)[0])
    await world.slack.until(lambda: step.versions)
    assert len(world.slack.posts) == posts
    assert "✓" in text_of(step) or buttons_of(step) == []


async def test_a_button_changes_an_answer_that_only_its_asker_sees(
    world: World, ada: Person
) -> None:
    shown = (await ada.command("/staffroom", "orientation")).messages[0]
    await ada.press(shown, "Done: step 1")
    await world.slack.until(lambda: shown.versions)
    assert shown.to == ada.id


async def test_the_answer_to_a_press_in_a_channel_is_for_its_presser_alone(
    world: World, ada: Person
) -> None:
    posted = await announced(world)
    before = len(world.slack.posts)
    await ada.press(posted, buttons_of(posted)[0])
    answer = await seen_by(world, ada, posted)
    assert "you are expected" in text_of(answer)
    assert len(world.slack.posts) == before
    assert not [one for one in world.people["ben"].sees(posted.channel) if one.to]


async def test_who_comes_is_counted_for_everybody_in_the_announcement(
    world: World, ada: Person
) -> None:
    posted = await announced(world)
    before = text_of(posted)
    for name in ("ada", "ben"):
        await world.people[name].press(posted, buttons_of(posted)[0])
    await world.deliver(world.clock.now() + timedelta(minutes=10))
    assert text_of(posted) != before
    assert "2" in text_of(posted)


async def test_a_press_in_a_thread_is_answered_in_the_thread(world: World, ada: Person) -> None:
    posted = await announced(world)
    root = await ada.say(posted.channel, "Who comes?")
    posted.thread_ts = root.ts
    root.thread_ts = root.ts
    await ada.press(posted, buttons_of(posted)[0])
    answer = await seen_by(world, ada, posted)
    assert (answer.thread_ts, answer.to) == (root.ts, ada.id)


async def test_a_button_opens_a_form(world: World, ada: Person) -> None:
    shown = (await ada.command("/staffroom", "today")).messages[0]
    pressed = await ada.press(shown, "Write reflection")
    assert (await pressed.opened()).title == "Write to a prompt"


async def test_a_stranger_who_presses_is_told_of_the_way_in(world: World) -> None:
    posted = await announced(world)
    nora = world.slack.person(world.slack.workspace.add_user("Nora Newcomer"))
    world.slack.workspace.channels[posted.channel].members.append(nora.id)
    await nora.press(posted, buttons_of(posted)[0])
    assert "/enroll" in text_of(await seen_by(world, nora, posted))


async def test_a_button_of_something_that_is_gone_says_so(world: World, ada: Person) -> None:
    posted = await announced(world)

    def forget(tx: Tx) -> None:
        for row in ahead(world):
            tx.delete(tx.need(Webinar, row.id))

    world.faculty.write(forget)
    await ada.press(posted, buttons_of(posted)[0])
    assert "not there any more" in text_of(await seen_by(world, ada, posted))


async def test_a_button_of_an_older_program_says_that_it_is_not_known(
    world: World, ada: Person
) -> None:
    posted = with_button(world, await announced(world), button_id("webinar applaud"))
    await ada.press(posted, buttons_of(posted)[0])
    assert "I do not know" in text_of(await seen_by(world, ada, posted))


@pytest.mark.parametrize("way", ["press", "command"])
async def test_what_slack_sends_twice_is_done_once(world: World, olga: Person, way: str) -> None:
    """As after a broken connection."""
    if way == "press":
        shown = (await olga.command("/webinar", f"announce {WEBINAR}")).messages[0]
        await olga.press(shown, "Change it")
    else:
        await olga.command("/webinar", f"announce {WEBINAR}")
    payload = world.slack.socket.envelopes[-1]["payload"]
    await world.slack.delivery.deliver(
        "interactive" if way == "press" else "slash_commands", payload
    )
    await world.service.intake.answers.finish()
    titles = [one.title for one in ahead(world)]
    assert titles.count("Feedback that lands") == 1


# In windows


async def test_a_button_in_a_window_shows_its_answer_there(world: World, olga: Person) -> None:
    modal = await (await olga.command("/webinar", "announce")).opened()
    await olga.submit(modal, {"Title": "Feedback", "When": "2026-09-03 16:00"})
    assert buttons_of(modal) == ["Change it", "Cancel it"]
    await olga.press(modal, "Change it")
    await world.service.intake.answers.finish()
    assert olga.modal is modal
    await olga.submit(modal, {"Title": "Feedback & care"})
    assert "Feedback & care" in text_of(modal)


async def test_fix_it_opens_the_form_again_with_everything_typed(
    world: World, olga: Person
) -> None:
    answer = await olga.command(
        "/webinar", "announce title: Feedback & care when: the day after never minutes: 45"
    )
    refused = answer.messages[0]
    assert "Fix it" in buttons_of(refused)
    modal = await (await olga.press(refused, "Fix it")).opened()
    for typed in ("Feedback & care", "the day after never", "45"):
        assert typed in str(modal.blocks)
    await olga.submit(modal, {"When": "2026-09-03 16:00"})
    assert olga.modal is not None
    assert "“Feedback & care” is announced" in text_of(olga.modal)


async def test_nobody_else_can_fix_what_somebody_typed(world: World, olga: Person) -> None:
    refused = (await olga.command("/webinar", "announce title: X when: never")).messages[0]
    refused.to = world.people["otto"].id
    pressed = await world.people["otto"].press(refused, "Fix it")
    assert "not there any more" in text_of(await pressed.message())


async def test_a_wrong_field_is_marked_at_its_input(world: World, olga: Person) -> None:
    modal = await (await olga.command("/webinar", "announce")).opened()
    said = await olga.submit(
        modal, {"Title": "Feedback", "When": "the day after never", "Link": "no link"}
    )
    assert set(said.errors) == {"When", "Link"}
    assert modal.is_open
    said = await olga.submit(
        modal, {"When": "2026-09-03 16:00", "Link": "https://example.org/room"}
    )
    assert said.errors == {}
    assert "is announced" in text_of(modal)


async def test_a_form_that_was_refused_can_be_sent_again_though_the_key_differs(
    world: World, olga: Person
) -> None:
    modal = await (await olga.command("/webinar", "announce")).opened()
    for _ in range(3):
        said = await olga.submit(modal, {"Title": "Feedback", "When": "never"})
        assert "When" in said.errors


# Long texts


async def test_a_long_text_comes_back_whole_from_several_inputs(world: World, ada: Person) -> None:
    modal = await (await ada.command("/reflect", "write")).opened()
    fields = inputs(modal, "Your reflection")
    assert len(fields) >= 3
    parts = LONG[: LONG.index("4. ")].strip(), LONG[LONG.index("4. ") : LONG.index("8. ")].strip()
    await ada.submit(modal, {"Title": "Long", fields[0]: parts[0], fields[1]: parts[1]})
    assert stored(world).body == "\n\n".join(parts)


async def test_a_long_draft_is_opened_and_sent_again_without_any_loss(
    world: World, ada: Person
) -> None:
    await ada.dm_bot("hello")
    await ada.message_shortcut("reflect add", await ada.say(ada.direct, LONG))
    await world.service.intake.answers.finish()
    before = stored(world).body
    assert len(before) > LIMITS.max_form_input
    modal = await (await ada.command("/reflect", "write")).opened()
    await ada.submit(modal, {})
    assert stored(world).body == before


async def test_a_problem_of_a_text_of_several_inputs_is_marked_at_the_first(
    world: World, ada: Person
) -> None:
    modal = await (await ada.command("/reflect", "write")).opened()
    fields = inputs(modal, "Your reflection")
    said = await ada.submit(modal, {"Title": "Mine", fields[0]: "  ", fields[1]: " "})
    assert list(said.errors) == ["Your reflection"]
    assert modal.is_open
    await ada.submit(modal, {fields[0]: "First.", fields[1]: "Second."})
    assert stored(world).body == "First.\n\nSecond."


def inputs(modal: View, label: str) -> list[str]:
    """The block ids of the inputs over which a field is spread."""
    blocks = [one for one in modal.blocks if one["type"] == "input"]
    first = next(one["block_id"] for one in blocks if one["label"]["text"] == label)
    return [one["block_id"] for one in blocks if one["block_id"].split("~")[0] == first]


# Menus


async def test_a_menu_offers_what_fits_what_is_typed(world: World, olga: Person) -> None:
    modal = await (await olga.command("/coach", "pair")).opened()
    assert await olga.suggest(modal, "Teacher", "be") == ["Ben Example · teacher"]
    coaches = await olga.suggest(modal, "Coach", "")
    assert any("Dan" in one for one in coaches)
    await olga.submit(modal, {"Teacher": "Ben Example · teacher", "Coach": coaches[0]})
    assert olga.modal is not None
    assert "Ben Example" in text_of(olga.modal)


async def test_a_menu_offers_nothing_for_what_nothing_fits(world: World, olga: Person) -> None:
    modal = await (await olga.command("/coach", "pair")).opened()
    assert await olga.suggest(modal, "Teacher", "zzz") == []


async def test_a_menu_shows_the_name_of_what_was_chosen_before(world: World, olga: Person) -> None:
    modal = await (await olga.command("/coach", "pair teacher: Ben Example")).opened()
    (menu,) = [
        one["element"]
        for one in modal.blocks
        if one["type"] == "input" and one["label"]["text"] == "Teacher"
    ]
    assert menu["type"] == "external_select"
    assert menu["initial_option"]["text"]["text"].startswith("Ben Example")


async def test_channels_are_picked_from_those_of_the_workspace(world: World, olga: Person) -> None:
    place = world.slack.workspace.add_channel("staffroom-news", olga.id)
    modal = await (await olga.command("/settings", "channels")).opened()
    kinds = [one["element"]["type"] for one in modal.blocks if one["type"] == "input"]
    assert "conversations_select" in kinds
    await olga.submit(modal, {"Purpose": "announcements", "Channel": place.id})
    assert world.home.channels["announcements"] == place.id


async def test_channels_are_made_from_within_slack(world: World, olga: Person) -> None:
    def none(tx: Tx) -> None:
        tx.need(Home, world.faculty.home.id).channels = {}

    world.faculty.write(none)
    await olga.command("/settings", "create-channels")
    await world.deliver(world.clock.now() + timedelta(minutes=5))
    made = {one.id: one for one in world.slack.workspace.channels.values() if one.kind == "channel"}
    assert set(world.home.channels.values()) <= set(made)
    assert set(world.home.channels) == {"announcements", "reflections", "webinars", "coaching"}


async def test_a_picked_channel_that_we_are_not_in_is_entered_when_something_is_posted(
    world: World, olga: Person
) -> None:
    place = world.slack.workspace.add_channel("staffroom-news", olga.id, bot=False)
    modal = await (await olga.command("/settings", "channels")).opened()
    await olga.submit(modal, {"Purpose": "webinars", "Channel": place.id})
    await olga.command("/webinar", f"announce {WEBINAR}")
    await world.deliver()
    assert "Feedback that lands" in "\n".join(olga.reads(place))
