"""Commands, forms and buttons on Discord."""

from storage import reflections
from tests.platforms.discord.fake.message import text_of
from tests.platforms.discord.world import World


async def test_a_command_is_answered_for_the_eyes_of_the_asker_alone(world: World) -> None:
    answer = await world.people["ada"].command("staffroom today")
    assert "prompt" in text_of(await answer.message()).lower()
    assert answer.ephemeral


async def test_options_that_are_given_are_understood(world: World) -> None:
    answer = await world.people["olga"].command(
        "webinar announce",
        {"title": "Feedback that lands", "when": "2026-09-03 16:00", "minutes": 45},
    )
    assert "Feedback that lands" in text_of(await answer.message())


async def test_a_form_is_opened_filled_in_and_answered(world: World) -> None:
    ada = world.people["ada"]
    modal = await (await ada.command("reflect write")).opened()
    answer = await ada.submit(modal, {"Title": "First days", "Your reflection": "Hm, @everyone."})
    assert "Published" in text_of(await answer.message())
    (row,) = world.faculty.community.read_now(
        lambda tx: reflections.by_member(tx, world.faculty.members["ada"].id)
    )
    assert (row.title, row.body) == ("First days", "Hm, @everyone.")


async def test_what_is_wrong_is_said_and_fix_it_opens_the_form_again(world: World) -> None:
    olga = world.people["olga"]
    answer = await olga.command(
        "webinar announce", {"title": "Feedback", "when": "the day after never"}
    )
    pressed = await olga.press(await answer.message(), "Fix it")
    modal = await pressed.opened()
    assert modal.values["title"] == "Feedback"
    assert modal.values["when"] == "the day after never"


async def test_a_button_of_an_answer_works(world: World) -> None:
    ada = world.people["ada"]
    answer = await ada.command("staffroom today")
    pressed = await ada.press(await answer.message(), "Write reflection")
    assert (await pressed.opened()).title == "Write to a prompt"


async def test_names_are_completed_while_they_are_typed(world: World) -> None:
    choices = await world.people["olga"].autocomplete("coach end", "teacher", "ad")
    assert [one.name for one in choices] == ["Ada Example · teacher"]


async def test_what_is_written_to_the_bot_directly_is_heard(world: World) -> None:
    ada = world.people["ada"]
    await ada.dm("What I noticed today")
    await world.fake.until(lambda: len(ada.reads()) > 1)
    assert "draft" in ada.reads()[-1]


async def test_an_attachment_that_is_not_read_is_not_swallowed(world: World) -> None:
    ada = world.people["ada"]
    await ada.dm("", [("photo.png", b"\x89PNG"), ("*long*.md", b"word " * 50_000)])
    await world.fake.until(lambda: len(ada.reads()) > 1)
    assert "could not read photo.png" in ada.reads()[-1]
    assert "long" in ada.reads()[-1]
    assert "200 kB" in ada.reads()[-1]


async def test_a_text_that_is_attached_is_heard_too(world: World) -> None:
    ada = world.people["ada"]
    modal = await (await ada.command("reflect write")).opened()
    await ada.submit(modal, {"Title": "T", "Your reflection": "Begun.",
                             "When you send this": "draft"})  # fmt: skip
    await ada.dm("", [("more.md", b"And *more* of it.")])
    await world.fake.until(lambda: "Added" in "".join(ada.reads()))
    (row,) = world.faculty.community.read_now(
        lambda tx: reflections.by_member(tx, world.faculty.members["ada"].id)
    )
    assert row.body == "Begun.\n\nAnd *more* of it."
