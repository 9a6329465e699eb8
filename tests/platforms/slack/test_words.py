"""What people write in Slack: to the bot, in threads, by shortcuts. Their words ring nobody."""

import asyncio
from typing import Any

import pytest

from bot.platforms.slack import seat
from storage import reflections
from storage.reflections import Reflection
from storage.words import ReflectionState
from tests.faculty import Faculty
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.reading import buttons_of, notification_of, text_of
from tests.platforms.slack.fake.workspace import Channel, Message
from tests.platforms.slack.world import World, slack_world

SHOUTS = (
    "<!channel>",
    "<!here>",
    "<!everyone>",
    "@channel",
    "@here",
    "<!subteam^S0123>",
    "<@U0123ABCD>",
    "<#C0123ABCD|general>",
)


@pytest.fixture
def ada(world: World) -> Person:
    return world.people["ada"]


@pytest.fixture
def lounge(world: World) -> Channel:
    return world.slack.workspace.add_channel("lounge", *(one.id for one in world.people.values()))


def drafts(world: World, name: str = "ada") -> list[Reflection]:
    member = world.faculty.members[name].id
    return list(world.faculty.community.read_now(lambda tx: reflections.by_member(tx, member)))


async def hears(world: World, ada: Person, text: str | list[dict[str, Any]]) -> Message:
    """What the bot answers to a direct message."""
    await ada.dm_bot(text)
    await world.service.intake.answers.finish()
    return world.slack.posts[-1]


# Directly to the bot


async def test_a_greeting_says_what_the_bot_can_do(world: World, ada: Person) -> None:
    greeting = await hears(world, ada, "Hello?")
    assert greeting.channel == ada.direct.id
    assert "Hello, Ada Example" in text_of(greeting)
    assert "What I can do" in buttons_of(greeting)
    assert drafts(world) == []


async def test_words_become_a_draft_when_their_writer_wants_it(world: World, ada: Person) -> None:
    greeting = await hears(world, ada, "Today two students spoke.")
    await ada.press(greeting, "Start a draft with this")
    await world.service.intake.answers.finish()
    (draft,) = drafts(world)
    assert (draft.body, draft.state) == ("Today two students spoke.", ReflectionState.DRAFT)


async def begun(world: World, ada: Person) -> None:
    await ada.press(await hears(world, ada, "One."), "Start a draft with this")
    await world.service.intake.answers.finish()


async def test_what_follows_is_added_to_the_draft(world: World, ada: Person) -> None:
    await begun(world, ada)
    answer = await hears(world, ada, "Two.\n\nThree.")
    assert drafts(world)[0].body == "One.\n\nTwo.\n\nThree."
    assert buttons_of(answer) == ["Preview", "Publish", "Discard"]


async def test_a_draft_is_looked_at_whole(world: World, ada: Person) -> None:
    await begun(world, ada)
    answer = await hears(world, ada, "Two.")
    pressed = await ada.press(answer, "Preview")
    assert "One.\nTwo." in text_of(await pressed.message()).replace("\n\n", "\n")


async def test_a_draft_is_published_by_its_button(world: World, ada: Person) -> None:
    world.channel("reflections")
    await begun(world, ada)
    pressed = await ada.press(await hears(world, ada, "Two."), "Publish")
    await pressed.message()
    await world.deliver()
    (row,) = drafts(world)
    assert row.state is ReflectionState.PUBLISHED
    assert "Two." in "\n".join(ada.reads(world.home.channels["reflections"]))


async def test_a_draft_is_discarded_after_one_more_question_and_can_come_back(
    world: World, ada: Person
) -> None:
    await begun(world, ada)
    answer = await hears(world, ada, "Two.")
    await ada.press(answer, "Discard")
    await world.slack.until(lambda: "Discard it" in buttons_of(answer))
    await ada.press(answer, "Discard it")
    await world.slack.until(lambda: "Undo" in buttons_of(answer))
    assert drafts(world) == []
    await ada.press(answer, "Undo")
    await world.service.intake.answers.finish()
    assert drafts(world)[0].body == "One.\n\nTwo."


async def test_formatting_is_kept_as_commonmark(world: World, ada: Person) -> None:
    await begun(world, ada)
    await hears(
        world,
        ada,
        [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "so "},
                    {"type": "text", "text": "bold", "style": {"bold": True}},
                    {"type": "text", "text": " & "},
                    {"type": "link", "url": "https://example.org", "text": "here"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": word}]}
                    for word in ("one", "two")
                ],
            },
        ],
    )
    body = drafts(world)[0].body
    assert "so **bold** & [here](https://example.org)" in body
    assert "- one\n- two" in body


async def test_a_colleague_is_named_and_not_mentioned(world: World, ada: Person) -> None:
    await begun(world, ada)
    ben = world.people["ben"]
    answer = await hears(world, ada, f"I asked <@{ben.id}> for help.")
    assert "Ben Example" in drafts(world)[0].body
    pressed = await ada.press(answer, "Preview")
    assert "Ben Example" in text_of(await pressed.message())


async def test_words_in_a_thread_of_the_direct_conversation_are_answered_there(
    world: World, ada: Person
) -> None:
    root = await hears(world, ada, "Hello?")
    await ada.dm_bot("And again", root.ts)
    await world.service.intake.answers.finish()
    assert world.slack.posts[-1].thread_ts == root.ts


async def test_a_file_without_words_is_passed_over(world: World, ada: Person) -> None:
    await ada.dm_bot([])
    await world.service.intake.answers.finish()
    assert world.slack.posts == []


async def test_a_change_of_a_message_is_passed_over(world: World, ada: Person) -> None:
    await begun(world, ada)
    said = await ada.dm_bot("Two.")
    await world.service.intake.answers.finish()
    posts = len(world.slack.posts)
    await ada.edit(said, "Two, changed.")
    await ada.delete(said)
    await world.service.intake.answers.finish()
    assert len(world.slack.posts) == posts
    assert drafts(world)[0].body == "One.\n\nTwo."


async def test_bots_are_passed_over(world: World, ada: Person) -> None:
    other = world.slack.person(world.slack.workspace.add_user("Other App", is_bot=True))
    await other.say(other.direct, "Beep")
    await world.service.intake.answers.finish()
    assert world.slack.posts == []


async def test_somebody_who_is_no_member_is_told_of_the_way_in(world: World) -> None:
    nora = world.slack.person(world.slack.workspace.add_user("Nora Newcomer"))
    await nora.dm_bot("Hello?")
    await world.service.intake.answers.finish()
    (answer,) = world.slack.posts
    assert "/enroll" in text_of(answer)
    assert buttons_of(answer) == ["Join"]


async def test_talk_in_channels_is_left_alone(world: World, ada: Person, lounge: Channel) -> None:
    await ada.say(lounge, "Good morning!")
    await world.service.intake.answers.finish()
    assert world.slack.posts == []


# Shortcuts


async def test_a_message_in_a_thread_goes_into_the_draft(
    world: World, ada: Person, lounge: Channel
) -> None:
    root = await world.people["ben"].say(lounge, "What did you learn?")
    said = await ada.say(lounge, "That silence helps & heals.", root.ts)
    used = await ada.message_shortcut("reflect add", said)
    assert "has begun" in text_of(await used.opened())
    assert drafts(world)[0].body == "That silence helps & heals."


async def test_the_shortcut_opens_the_form_of_this_weeks_prompt(world: World, ada: Person) -> None:
    used = await ada.shortcut("reflect write")
    modal = await used.opened()
    await ada.submit(modal, {"Title": "Mine", "Your reflection": "Words."})
    assert [one.title for one in drafts(world)] == ["Mine"]


# Commands in threads


async def test_a_command_in_a_thread_is_answered_there_for_its_asker_alone(
    world: World, ada: Person, lounge: Channel
) -> None:
    root = await ada.say(lounge, "What was the prompt?")
    await ada.say(lounge, f"<@{world.slack.workspace.bot_user_id}> prompt show", root.ts)
    await world.service.intake.answers.finish()
    (answer,) = [one for one in ada.sees(lounge) if one.to]
    assert (answer.thread_ts, answer.to) == (root.ts, ada.id)
    assert "What surprised you in your first week?" in text_of(answer)
    assert world.slack.posts == []


async def test_a_form_in_a_thread_is_opened_by_a_button(
    world: World, ada: Person, lounge: Channel
) -> None:
    root = await ada.say(lounge, "I will write.")
    await ada.say(lounge, f"<@{world.slack.workspace.bot_user_id}> reflect write", root.ts)
    await world.service.intake.answers.finish()
    (offer,) = [one for one in ada.sees(lounge) if one.to]
    assert (await (await ada.press(offer, "Open")).opened()).title == "Write to a prompt"


async def test_a_command_follows_the_mention_of_the_bot_whoever_is_mentioned_before(
    world: World, ada: Person, lounge: Channel
) -> None:
    ben, bot = world.people["ben"].id, world.slack.workspace.bot_user_id
    await ada.say(lounge, f"<@{ben}>, look: <@{bot}> staffroom today")
    await world.service.intake.answers.finish()
    (answer,) = [one for one in ada.sees(lounge) if one.to]
    assert "This week's prompt" in text_of(answer)


@pytest.mark.parametrize("line", ["", " help", " /staffroom help"])
async def test_a_bare_mention_says_what_the_bot_can_do(
    world: World, ada: Person, lounge: Channel, line: str
) -> None:
    await ada.say(lounge, f"<@{world.slack.workspace.bot_user_id}>{line}")
    await world.service.intake.answers.finish()
    (answer,) = [one for one in ada.sees(lounge) if one.to]
    assert "/reflect write" in text_of(answer) or "/staffroom help" in text_of(answer)


# Who is named in them


async def test_words_in_capitals_are_not_taken_for_people(world: World, ada: Person) -> None:
    await hears(world, ada, "The WEBINAR of UNESCO, and U0LOOKSLIKEANID")
    assert world.slack.calls["users.info"] == 0


async def test_a_colleague_whom_we_do_not_know_yet_is_named_wherever_they_stand(
    world: World, ada: Person
) -> None:
    await begun(world, ada)
    nora = world.slack.workspace.add_user("Nora Newcomer")
    item = {"type": "rich_text_section", "elements": [{"type": "user", "user_id": nora.id}]}
    await hears(world, ada, [{"type": "rich_text_list", "style": "bullet", "elements": [item]}])
    assert "Nora Newcomer" in drafts(world)[0].body


async def test_many_colleagues_of_whom_slack_does_not_tell_cost_no_trigger(
    world: World, ada: Person, lounge: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seat, "LOOK_UP_SECONDS", 0.2)
    world.slack.state.trigger_lives = 1.0
    never = asyncio.Event()
    world.slack.fail_next("users.info", delay=never, times=10)
    users = [world.slack.workspace.add_user(f"Number {number}") for number in range(10)]
    message = await ada.say(lounge, " ".join(f"<@{one.id}>" for one in users))
    await (await ada.message_shortcut("reflect add", message)).opened()
    assert drafts(world)[0].body.split() == ["@someone"] * 10
    never.set()


# Words that would ring


@pytest.mark.parametrize("shout", SHOUTS)
async def test_words_that_would_ring_are_inert_wherever_they_are_repeated(
    faculty: Faculty, shout: str
) -> None:
    """That nothing rang is seen by the world, at its end."""
    async with slack_world(faculty) as world:
        world.channel("reflections")
        ada = world.people["ada"]
        typed = f"Hey {shout} & <all> of you"
        modal = await (await ada.command("/reflect", "write")).opened()
        body = f"{typed}\n\n> {typed}\n\n`{typed}`"
        await ada.submit(modal, {"Title": typed, "Your reflection": body})
        await world.deliver()
        (row,) = drafts(world)
        assert (row.title, row.body) == (typed, body)
        channel = world.home.channels["reflections"]
        post = [one for one in world.slack.posts if one.channel == channel][-1]
        for seen in (text_of(post), notification_of(post)):
            assert seen.count(typed) >= 3
        assert typed in (await ada.command("/reflect", "mine")).text


@pytest.mark.parametrize("shout", [*SHOUTS, "&lt;!channel&gt;"])
async def test_words_that_would_ring_survive_as_they_were_typed(
    faculty: Faculty, shout: str
) -> None:
    async with slack_world(faculty) as world:
        ada = world.people["ada"]
        await begun(world, ada)
        await hears(world, ada, [{"type": "text", "text": f"A {shout} & <b> c"}])
        answer = world.slack.posts[-1]
        pressed = await ada.press(answer, "Preview")
        assert f"A {shout} & <b> c" in text_of(await pressed.message())


async def test_a_name_that_would_ring_is_inert(faculty: Faculty) -> None:
    async with slack_world(faculty) as world:
        name = "Nora <!channel> & <!here>"
        nora = world.slack.person(world.slack.workspace.add_user(name, email="n@elsewhere.org"))
        modal = await (await nora.command("/enroll")).opened()
        assert name in str(modal.blocks)
        await nora.submit(modal, {})
        await world.deliver()
        olga = world.people["olga"]
        assert name in "\n".join(olga.reads(olga.direct))


async def test_a_real_mention_in_a_command_rings_nobody(world: World, ada: Person) -> None:
    ben = world.people["ben"]
    answer = await ada.command("/reflect", f"nonsense <@{ben.id}> <!channel>")
    assert "I do not know" in answer.text
