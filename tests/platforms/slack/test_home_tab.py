"""The App Home: each person's week at a glance, brought up to date when something changes."""

import asyncio

import pytest

from bot.platforms.slack import home_tab
from storage import reflections
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.reading import buttons_of, text_of
from tests.platforms.slack.fake.workspace import View
from tests.platforms.slack.world import World


@pytest.fixture
def ada(world: World) -> Person:
    return world.people["ada"]


async def opened(world: World, who: Person) -> View:
    """Somebody opens their Home, and sees it."""
    await who.open_home()
    await world.service.intake.answers.finish()
    assert who.home is not None
    return who.home


async def settled(world: World) -> None:
    """Everything that was to be shown is shown, Homes among it."""
    await world.service.intake.answers.finish()
    await world.service.intake.homes.settled()


def home_of(who: Person) -> View:
    assert who.home is not None
    return who.home


async def test_it_shows_a_teachers_week(world: World, ada: Person) -> None:
    home = await opened(world, ada)
    said = text_of(home)
    assert "What surprised you in your first week?" in said
    assert "You have not written yet" in said
    assert "Cora Example" in said
    assert "My reflections" in buttons_of(home)
    assert "Settings" not in buttons_of(home)


async def test_it_shows_coaches_their_teachers(world: World) -> None:
    assert "Ada Example" in text_of(await opened(world, world.people["cora"]))


async def test_it_shows_organizers_the_state_of_the_cohort(world: World) -> None:
    home = await opened(world, world.people["olga"])
    assert "Cohort 1" in text_of(home)
    assert "Settings" in buttons_of(home)


async def test_it_shows_strangers_the_way_in(world: World) -> None:
    nora = world.slack.person(world.slack.workspace.add_user("Nora Newcomer"))
    home = await opened(world, nora)
    assert "/enroll" in text_of(home)
    assert buttons_of(home) == ["Join"]


async def test_it_is_published_again_whenever_it_is_opened(world: World, ada: Person) -> None:
    await opened(world, ada)
    await opened(world, ada)
    assert world.slack.calls["views.publish"] == 2


async def test_the_messages_tab_is_not_the_home(world: World, ada: Person) -> None:
    await ada.open_home("messages")
    await settled(world)
    assert ada.home is None


async def test_it_follows_what_its_owner_does(world: World, ada: Person) -> None:
    await opened(world, ada)
    modal = await (await ada.command("/reflect", "write")).opened()
    await ada.submit(modal, {"Title": "My first days", "Your reflection": "Words."})
    await settled(world)
    assert "You wrote “My first days”" in text_of(home_of(ada))


async def test_it_follows_what_others_do(world: World, ada: Person) -> None:
    olga = world.people["olga"]
    before = text_of(await opened(world, olga))
    await opened(world, ada)
    modal = await (await ada.command("/reflect", "write")).opened()
    await ada.submit(modal, {"Title": "My first days", "Your reflection": "Words."})
    await settled(world)
    assert text_of(home_of(olga)) != before


async def test_it_follows_what_was_said_in_direct_messages(world: World, ada: Person) -> None:
    await opened(world, ada)
    await ada.dm_bot("Words.")
    await world.service.intake.answers.finish()
    await ada.press(world.slack.posts[-1], "Start a draft with this")
    await settled(world)
    member = world.faculty.members["ada"].id
    (draft,) = world.faculty.community.read_now(lambda tx: reflections.by_member(tx, member))
    assert f"Your draft “{draft.title}” waits" in text_of(home_of(ada))


async def test_it_follows_what_organizers_announce(world: World, ada: Person) -> None:
    await opened(world, ada)
    before = world.slack.calls["views.publish"]
    await world.people["olga"].command(
        "/webinar", "announce title: Feedback that lands when: 2026-09-03 16:00"
    )
    await settled(world)
    assert "Feedback that lands" in text_of(home_of(ada))
    assert world.slack.calls["views.publish"] == before + 1


@pytest.mark.parametrize("line", ["", "today", "help"])
async def test_looking_at_something_has_no_home_worked_out_anew(
    world: World, ada: Person, line: str
) -> None:
    await opened(world, ada)
    waited = world.stopwatch.seconds
    await world.people["ben"].command("/staffroom", line)
    await settled(world)
    assert world.stopwatch.seconds == waited


async def test_it_is_left_alone_where_nothing_changed(world: World, ada: Person) -> None:
    await opened(world, ada)
    await world.people["ben"].command("/profile", "resume")
    await settled(world)
    assert world.slack.calls["views.publish"] == 1


async def test_a_home_that_nobody_opened_is_not_published(world: World, ada: Person) -> None:
    await ada.command("/staffroom", "today")
    await settled(world)
    assert world.slack.calls["views.publish"] == 0


async def test_changes_that_follow_each_other_are_shown_together(world: World, ada: Person) -> None:
    await opened(world, ada)
    await asyncio.gather(
        *(ada.command("/profile", f"pause until: 2026-09-1{day}") for day in range(5))
    )
    await settled(world)
    assert world.slack.calls["views.publish"] <= 3


async def test_homes_that_were_opened_long_ago_wait_until_they_are_opened_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_tab, "KEPT", 1)
    await opened(world, world.people["olga"])
    await opened(world, world.people["otto"])
    before = text_of(home_of(world.people["olga"]))
    await world.people["otto"].command("/settings", "zone zone: Chicago")
    await settled(world)
    assert text_of(home_of(world.people["olga"])) == before


async def test_a_home_that_slack_does_not_take_is_shown_when_it_is_opened_again(
    world: World, ada: Person
) -> None:
    world.slack.fail_next("views.publish", error="internal_error")
    await ada.open_home()
    await settled(world)
    assert ada.home is None
    assert "first week" in text_of(await opened(world, ada))


async def test_a_home_waits_when_slack_wants_us_to_slow_down(world: World, ada: Person) -> None:
    world.slack.fail_next("views.publish", retry_after=5)
    before = world.stopwatch.seconds
    await opened(world, ada)
    assert world.stopwatch.seconds - before >= 5


@pytest.mark.parametrize("label", ["My reflections", "What I can do", "My profile"])
async def test_its_buttons_open_windows(world: World, ada: Person, label: str) -> None:
    home = await opened(world, ada)
    pressed = await ada.press(home, label)
    assert (await pressed.opened()).type == "modal"


async def test_its_write_button_opens_the_form(world: World, ada: Person) -> None:
    home = await opened(world, ada)
    pressed = await ada.press(home, "Write reflection")
    assert (await pressed.opened()).title == "Write to a prompt"


async def test_a_window_over_the_home_leads_on(world: World, ada: Person) -> None:
    home = await opened(world, ada)
    modal = await (await ada.press(home, "Write reflection")).opened()
    await ada.submit(modal, {"Title": "My first days", "Your reflection": "Words."})
    assert "Published" in text_of(modal)


async def test_a_press_whose_window_could_not_be_opened_is_answered_directly(
    world: World, ada: Person
) -> None:
    home = await opened(world, ada)
    world.slack.fail_next("views.open", error="expired_trigger_id")
    await ada.press(home, "My profile")
    await settled(world)
    assert "Ada Example" in "\n".join(ada.reads(ada.direct))
