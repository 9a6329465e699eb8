"""Whose workspace a request is of: it may name another one, or none."""

import pytest

from tests.platforms.slack.fake import payloads
from tests.platforms.slack.fake.errors import Json
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.reading import text_of
from tests.platforms.slack.world import World

ANOTHER = {"id": "T0ELSEWHERE", "domain": "elsewhere"}


@pytest.fixture
def ada(world: World) -> Person:
    return world.people["ada"]


@pytest.mark.parametrize("team", [ANOTHER, None])
async def test_a_form_is_taken_where_the_app_is_installed_whatever_team_it_names(
    world: World, ada: Person, monkeypatch: pytest.MonkeyPatch, team: Json | None
) -> None:
    modal = await (await ada.command("/reflect", "write")).opened()
    monkeypatch.setattr(payloads, "_team", lambda _workspace: team)
    sent = await ada.submit(modal, {"Title": "Mine", "Your reflection": "Words."})
    assert sent.trouble == ""
    assert "Published" in text_of(modal)


@pytest.mark.parametrize("team", [ANOTHER, None])
async def test_a_press_on_the_home_is_taken_where_the_app_is_installed(
    world: World, ada: Person, monkeypatch: pytest.MonkeyPatch, team: Json | None
) -> None:
    await ada.open_home()
    home = await world.slack.until(lambda: ada.home)
    monkeypatch.setattr(payloads, "_team", lambda _workspace: team)
    assert (await ada.press(home, "What I can do")).error == ""


async def test_a_press_that_names_no_team_is_taken_in_the_workspace_of_who_pressed(
    world: World, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = (await ada.command("/staffroom", "orientation")).messages[0]
    monkeypatch.setattr(payloads, "_team", lambda _workspace: None)
    assert (await ada.press(shown, "Done: step 1")).error == ""
