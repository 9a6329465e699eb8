"""The main job, from end to end, in Slack: the whole process, by socket and over HTTP."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.platforms.slack import home_tab
from tests.platforms.slack.fake.reading import buttons_of, text_of
from tests.platforms.slack.living import Living, living, said_in, shown, with_text, words

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


@pytest.fixture(params=["socket", "http"])
async def here(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Living]:
    async with living(tmp_path, monkeypatch, http=request.param == "http") as made:
        yield made


async def the_organizer_arrives(here: Living) -> None:
    said = await here.types("olga", f"/enroll code: {here.code}")
    assert "Welcome" in words(said)
    await here.types("olga", "/settings create-channels")
    made = {one.name for one in here.slack.workspace.channels.values() if one.kind == "channel"}
    assert made == {"announcements", "reflections", "webinars", "coaching"}
    for person in here.people.values():
        for purpose in ("reflections", "webinars", "announcements"):
            await person.join(here.channel(purpose))


async def people_from_the_roster_enroll(here: Living) -> None:
    for name in ("ada", "ben", "eve", "cora", "dan"):
        said = await here.types(name, "/enroll")
        assert "Welcome" in words(said)


async def the_first_prompt_is_posted(here: Living) -> None:
    await here.pass_until(MONDAY + timedelta(minutes=1))
    (prompt,) = [one for one in said_in(here.channel("reflections")) if "Week 1" in text_of(one)]
    assert buttons_of(prompt) == ["Write a reflection"]


async def a_teacher_reflects(here: Living) -> None:
    channel = here.channel("reflections")
    prompt = with_text(said_in(channel), "Week 1:")
    modal = await (await here.presses("ada", prompt, "Write a reflection")).opened()
    first, second = HALVES
    done = await here.people["ada"].submit(
        modal, {"title": TITLE, "body": first, "Your reflection, continued (2)": second}
    )
    assert not done.errors
    await here.settle()
    assert done.view is not None
    assert "Published" in text_of(done.view)
    root = with_text(said_in(channel), TITLE)
    whole = "\n".join(text_of(one) for one in channel.thread(root.ts))
    assert whole.count(PARAGRAPH) == 19
    assert "The end." in whole
    assert len(channel.thread(root.ts)) > 1


async def another_teacher_comments(here: Living) -> None:
    channel = here.channel("reflections")
    root = with_text(said_in(channel), TITLE)
    end = with_text(channel.thread(root.ts), "The end.")
    modal = await (await here.presses("ben", end, "Comment")).opened()
    done = await here.people["ben"].submit(modal, {"Comment": "I hear that sister, too."})
    assert not done.errors
    await here.settle()
    said = with_text(channel.thread(root.ts), "I hear that sister, too.")
    assert "Ben Example" in text_of(said)
    assert [text for text in here.told("ada") if "has commented" in text]


async def her_coach_is_told(here: Living) -> None:
    assert [text for text in here.told("cora") if TITLE in text and "Ada Example" in text]
    assert not [text for text in here.told("dan") if TITLE in text]


async def the_organizer_pairs_the_unpaired(here: Living) -> None:
    said = await here.types("olga", "/coach propose")
    assert "Ben Example with Cora Example" in words(said)
    assert "Eve Example with Dan Example" in words(said)
    said = await here.types("olga", "/coach swap teacher: Ben Example other: Eve Example")
    assert "Ben Example with Dan Example" in words(said)
    await here.presses("olga", shown(said), "Approve all")
    for teacher, coach in COUPLES:
        met = f"Your coach is {coach.title()} Example"
        assert len([text for text in here.told(teacher) if met in text]) == 1
        met = f"You are coaching {teacher.title()} Example"
        assert len([text for text in here.told(coach) if met in text]) == 1


async def each_pair_gets_a_conversation_of_its_own(here: Living) -> None:
    await here.pass_until(MONDAY + timedelta(hours=1, minutes=1))
    team, people = here.slack.workspace, here.people
    groups = {
        frozenset(one.members): one.messages for one in team.channels.values() if one.kind == "mpim"
    }
    assert set(groups) == {
        frozenset({people[teacher].id, people[coach].id, team.bot_user_id})
        for teacher, coach in COUPLES
    }
    for messages in groups.values():
        (agenda,) = messages
        assert "One-on-one, week 1" in text_of(agenda)


async def a_webinar_is_announced_and_answered(here: Living) -> None:
    said = await here.types(
        "olga",
        f"/webinar announce title: {WEBINAR} when: Thursday 4pm minutes: 45 "
        "link: https://meet.example.org/rooms",
    )
    assert WEBINAR in words(said)
    announcement = with_text(said_in(here.channel("webinars")), WEBINAR)
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
    before = [one.ts for one in here.slack.posts]
    await here.stop()
    await here.start()
    await here.pass_until(here.clock.now() + timedelta(minutes=10))
    assert [one.ts for one in here.slack.posts] == before
    said = await here.types("ada", "/reflect mine")
    assert TITLE in words(said)
    await here.pass_until(MONDAY + timedelta(days=7, minutes=1))
    prompts = [
        text_of(one) for one in said_in(here.channel("reflections")) if "Week" in text_of(one)
    ]
    assert [sum(f"Week {week}:" in one for one in prompts) for week in (1, 2)] == [1, 1]


async def test_the_main_job_is_done_in_slack(here: Living) -> None:
    assert len(" ".join(HALVES).split()) >= 800
    await here.start()
    for happens in (
        the_organizer_arrives,
        people_from_the_roster_enroll,
        the_first_prompt_is_posted,
        a_teacher_reflects,
        another_teacher_comments,
        her_coach_is_told,
        the_organizer_pairs_the_unpaired,
        each_pair_gets_a_conversation_of_its_own,
        a_webinar_is_announced_and_answered,
        who_said_yes_is_reminded,
        who_has_not_written_is_nudged,
        all_is_still_there_and_nothing_is_repeated,
    ):
        await happens(here)


async def test_a_home_that_is_open_shows_what_the_program_brings(
    here: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_tab, "REFRESH_AFTER", 0.0)
    await here.start()
    await the_organizer_arrives(here)
    await people_from_the_roster_enroll(here)
    ada = here.people["ada"]
    await ada.open_home()
    home = await here.slack.until(lambda: ada.home)
    assert "You have not written yet" not in text_of(home)
    await here.pass_until(MONDAY + timedelta(minutes=1))
    await here.slack.until(lambda: ada.home and "You have not written yet" in text_of(ada.home))
