"""The main job, from end to end, on Discord: the whole process."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.platforms.discord.fake.channel import PRIVATE_THREAD
from tests.platforms.discord.fake.message import components_of, text_of
from tests.platforms.discord.living import Living, living, with_text, words

MONDAY = datetime(2026, 8, 31, 13, tzinfo=UTC)  # nine o'clock in Detroit: the prompt of week 1
TITLE = "What my students hear between the lines"
PARAGRAPH = (
    "This week I read my own announcements aloud before I sent them, and heard a person who is "
    "hiding behind a schedule. So I rewrote one of them for a single student, whom I pictured at "
    "the kitchen table with a younger brother on the next chair, and sent that one to all."
)
HALVES = ("\n\n".join([PARAGRAPH] * 10), "\n\n".join([PARAGRAPH] * 9 + ["The end."]))
COUPLES = (("ada", "cora"), ("ben", "dan"), ("eve", "cora"))
WEBINAR = "Rooms where people speak"
NUDGED = "There is still time to write"


@pytest.fixture
async def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Living]:
    async with living(tmp_path, monkeypatch) as made:
        yield made


async def the_organizer_arrives(here: Living) -> None:
    said = await here.asks("olga", "enroll", code=here.codes["olga"])
    assert "Welcome" in words(said)
    await here.asks("olga", "settings create-channels")
    made = {one.name for one in here.fake.guild.channels.values()}
    assert made == {"general", "announcements", "reflections", "webinars", "coaching"}


async def people_from_the_roster_come_with_their_codes(here: Living) -> None:
    for name in ("ada", "ben", "eve", "cora", "dan"):
        said = await here.asks(name, "enroll", code=here.codes[name])
        assert "Welcome" in words(said)


async def a_code_works_once(here: Living) -> None:
    stranger = here.fake.person("Somebody Else")
    said = await stranger.command("enroll", {"code": here.codes["ada"]})
    assert "does not work" in text_of(await said.message())


async def the_first_prompt_is_posted(here: Living) -> None:
    await here.pass_until(MONDAY + timedelta(minutes=1))
    prompt = with_text(here.channel("reflections").messages, "Week 1")
    labels = [one["label"] for one in components_of(prompt.components) if one["type"] == 2]
    assert labels == ["Write a reflection"]


async def a_teacher_reflects(here: Living) -> None:
    channel = here.channel("reflections")
    prompt = with_text(channel.messages, "Week 1")
    modal = await (await here.presses("ada", prompt, "Write a reflection")).opened()
    first, second = HALVES
    done = await here.people["ada"].submit(
        modal, {"title": TITLE, "body": first, "Your reflection, continued (2)": second}
    )
    await here.settle()
    assert "Published" in text_of(await done.message())
    thread = here.fake.guild.threads[prompt.id]
    whole = "\n".join(text_of(one) for one in thread.messages)
    assert TITLE in whole
    assert whole.count(PARAGRAPH) == 19
    assert "The end." in whole


async def another_teacher_comments(here: Living) -> None:
    prompt = with_text(here.channel("reflections").messages, "Week 1")
    thread = here.fake.guild.threads[prompt.id]
    reflection = with_text(thread.messages, "The end.")
    modal = await (await here.presses("ben", reflection, "Comment")).opened()
    await here.people["ben"].submit(modal, {"Comment": "I hear that sister, too."})
    await here.settle()
    said = with_text(thread.messages, "I hear that sister, too.")
    assert "Ben Example" in text_of(said)
    assert [text for text in here.told("ada") if "has commented" in text]


async def her_coach_is_told(here: Living) -> None:
    assert [text for text in here.told("cora") if TITLE in text and "Ada Example" in text]
    assert not [text for text in here.told("dan") if TITLE in text]


async def the_organizer_pairs_the_unpaired(here: Living) -> None:
    said = await here.asks("olga", "coach propose")
    assert "Ben Example with Cora Example" in words(said)
    assert "Eve Example with Dan Example" in words(said)
    said = await here.asks("olga", "coach swap", teacher="Ben Example", other="Eve Example")
    assert "Ben Example with Dan Example" in words(said)
    await here.presses("olga", said.messages[-1], "Approve all")
    for teacher, coach in COUPLES:
        met = f"Your coach is {coach.title()} Example"
        assert len([text for text in here.told(teacher) if met in text]) == 1
        met = f"You are coaching {teacher.title()} Example"
        assert len([text for text in here.told(coach) if met in text]) == 1


async def each_pair_gets_a_private_thread_of_its_own(here: Living) -> None:
    await here.pass_until(MONDAY + timedelta(hours=1, minutes=1))
    private = [one for one in here.fake.guild.threads.values() if one.kind == PRIVATE_THREAD]
    inside = {}
    for one in private:
        assert one.thread is not None
        assert one.parent is here.channel("coaching")
        assert not one.thread.invitable
        inside[frozenset(one.thread.members)] = one.messages
    me = here.fake.me.id
    assert set(inside) == {
        frozenset({here.people[teacher].id, here.people[coach].id, me})
        for teacher, coach in COUPLES
    }
    for messages in inside.values():
        (agenda,) = [one for one in messages if "One-on-one, week 1" in text_of(one)]
        assert "whoever may manage threads in this channel can read" in text_of(agenda)


async def a_webinar_is_announced_and_answered(here: Living) -> None:
    said = await here.asks(
        "olga",
        "webinar announce",
        title=WEBINAR,
        when="Thursday 4pm",
        minutes=45,
        link="https://meet.example.org/rooms",
    )
    assert WEBINAR in words(said)
    announcement = with_text(here.channel("webinars").messages, WEBINAR)
    await here.presses("ada", announcement, "I will be there")
    await here.pass_until(here.clock.now() + timedelta(minutes=5))
    assert "1 is coming" in text_of(announcement)


async def who_said_yes_is_reminded(here: Living) -> None:
    await here.pass_until(datetime(2026, 9, 3, 19, 1, tzinfo=UTC))
    soon = f"Soon: {WEBINAR}"
    assert [len([one for one in here.told(who) if soon in one]) for who in ("ada", "ben")] == [1, 0]


async def who_has_not_written_is_nudged(here: Living) -> None:
    await here.pass_until(datetime(2026, 9, 5, 14, 1, tzinfo=UTC))
    nudged = {who for who in here.people if [one for one in here.told(who) if NUDGED in one]}
    assert nudged == {"ben", "eve"}


async def all_is_still_there_and_nothing_is_repeated(here: Living) -> None:
    before = [one.id for one in here.fake.posts]
    await here.stop()
    await here.start()
    await here.pass_until(here.clock.now() + timedelta(minutes=10))
    assert [one.id for one in here.fake.posts] == before
    assert here.fake.calls["PUT /applications/{application}/commands"] == 1
    said = await here.asks("ada", "reflect mine")
    assert TITLE in words(said)
    await here.pass_until(MONDAY + timedelta(days=7, minutes=1))
    prompts = [text_of(one) for one in here.channel("reflections").messages]
    assert [sum(f"Week {week}:" in one for one in prompts) for week in (1, 2)] == [1, 1]


async def test_the_main_job_is_done_on_discord(here: Living) -> None:
    assert len(" ".join(HALVES).split()) >= 800
    await here.start()
    for happens in (
        the_organizer_arrives,
        people_from_the_roster_come_with_their_codes,
        a_code_works_once,
        the_first_prompt_is_posted,
        a_teacher_reflects,
        another_teacher_comments,
        her_coach_is_told,
        the_organizer_pairs_the_unpaired,
        each_pair_gets_a_private_thread_of_its_own,
        a_webinar_is_announced_and_answered,
        who_said_yes_is_reminded,
        who_has_not_written_is_nudged,
        all_is_still_there_and_nothing_is_repeated,
    ):
        await happens(here)
