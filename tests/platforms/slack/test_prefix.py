"""Commands with a prefix, for workspaces where another app has taken their names."""

from collections.abc import AsyncIterator

import pytest

from tests.faculty import Faculty
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.reading import notification_of, text_of
from tests.platforms.slack.office import HOUR, Office
from tests.platforms.slack.world import World, slack_world


@pytest.fixture
async def world(faculty: Faculty) -> AsyncIterator[World]:
    async with slack_world(faculty, slack_prefix="sr-") as made:
        yield made


@pytest.fixture
def ada(world: World) -> Person:
    return world.people["ada"]


async def test_a_command_is_understood_by_its_longer_name(world: World, ada: Person) -> None:
    assert "What surprised you" in (await ada.command("/sr-staffroom", "today")).text
    assert (await (await ada.command("/sr-reflect", "write")).opened()).title == "Write to a prompt"


async def test_answers_name_commands_as_they_must_be_typed(world: World, ada: Person) -> None:
    said = (await ada.command("/sr-staffroom", "help")).text
    assert "/sr-reflect write" in said
    assert "/reflect" not in said


async def test_what_is_not_known_is_suggested_with_the_prefix(world: World, ada: Person) -> None:
    answer = await ada.command("/sr-reflect", "wrte")
    assert "/sr-reflect write" in answer.text
    assert "/reflect" not in answer.text.replace("/sr-reflect", "")


async def test_notifications_name_them_so_too(world: World, ada: Person) -> None:
    (message,) = (await ada.command("/sr-staffroom", "help")).messages
    assert "/reflect" not in notification_of(message)


async def test_what_is_refused_names_them_so(world: World) -> None:
    olga = world.people["olga"]
    answer = await olga.command("/sr-settings", "zone zone: Nowhere colour: red")
    assert "/settings" not in answer.text
    modal = await (await olga.press(answer.messages[0], "Fix it")).opened()
    assert "/settings" not in text_of(modal)


async def test_problems_in_forms_name_them_so(world: World, ada: Person) -> None:
    nora = world.slack.person(world.slack.workspace.add_user("Nora Newcomer"))
    modal = await (await nora.command("/sr-enroll")).opened()
    said = await nora.submit(modal, {"Code": "XXXX-XXXX"})
    assert said.errors
    assert all("`/enroll" not in problem for problem in said.errors.values())


async def test_the_home_names_them_so(world: World) -> None:
    nora = world.slack.person(world.slack.workspace.add_user("Nora Newcomer"))
    await nora.open_home()
    await world.service.intake.answers.finish()
    assert nora.home is not None
    assert "/sr-enroll" in text_of(nora.home)


async def test_direct_answers_name_them_so(world: World) -> None:
    nora = world.slack.person(world.slack.workspace.add_user("Nora Newcomer"))
    await nora.dm_bot("Hello?")
    await world.service.intake.answers.finish()
    assert "/sr-enroll" in text_of(world.slack.posts[-1])


async def test_deliveries_name_them_so(world: World) -> None:
    office = Office(world)
    await world.slack.archive(world.slack.workspace.channels[office.channel])
    office.plan("one")
    await office.wait(HOUR)
    assert "/sr-settings channels" in office.told("olga")


@pytest.mark.parametrize("line", ["prompt show", "sr-prompt show", "/sr-prompt show"])
async def test_a_mention_takes_names_with_and_without_it(
    world: World, ada: Person, line: str
) -> None:
    lounge = world.slack.workspace.add_channel("lounge", ada.id)
    await ada.say(lounge, f"<@{world.slack.workspace.bot_user_id}> {line}")
    await world.service.intake.answers.finish()
    (answer,) = [one for one in ada.sees(lounge) if one.to]
    assert "What surprised you" in text_of(answer)


async def test_paths_and_addresses_that_look_like_commands_stay(world: World, ada: Person) -> None:
    await ada.command("/sr-reflect", "write title: On https://example.org/reflect body: See /tmp")
    answer = await ada.command("/sr-reflect", "read")
    assert "/sr-tmp" not in answer.text
