"""The main job, from end to end, in the browser: the demo community, the whole process."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from bot import demo
from bot.app import App
from bot.clock import RealClock
from bot.database import open_store
from bot.settings import Settings
from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TITLE = "What my students hear between the lines"
PARAGRAPH = (
    "This week I read my own announcements aloud before I sent them, and heard a person who is "
    "hiding behind a schedule. So I rewrote one of them for a single student, whom I pictured at "
    "the kitchen table with a younger brother on the next chair, and sent that one to all. "
)
WEBINAR = "Rooms where people speak"
NUDGED = "There is still time to write about week 3"
SUMMED_UP = "Your teachers last week"
ESSAY = "\n\n".join([PARAGRAPH] * 16 + ["That is the whole of it."])


@pytest_asyncio.fixture(loop_scope="session")
async def settings(tmp_path: Path) -> AsyncIterator[Settings]:
    """A database with the demo community in it."""
    settings = Settings(DATABASE_URL=f"sqlite:///{tmp_path}/staffroom.db", port=0)
    now = RealClock().now()
    with open_store(settings, now, running=True, create=True) as store:
        await demo.create(store, now)
    yield settings


async def become(page: Page, name: str) -> None:
    await page.get_by_role("button", name="I am").click()
    await page.get_by_label("Search people").fill(name)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="I am")).to_contain_text(name)


async def visit(page: Page, conversation: str) -> None:
    """Open a conversation; clicked while the page still turns to another person, once more."""
    link = page.get_by_role("navigation").get_by_text(conversation, exact=True).first
    heading = page.get_by_role("main").get_by_role("heading", name=conversation, exact=True)
    await link.click()
    try:
        await expect(heading).to_be_visible()
    except AssertionError:
        await link.click()
        await expect(heading).to_be_visible()


async def command(page: Page, typed: str) -> Locator:
    """Type a command into the composer; answers the last article, which should be its answer."""
    box = page.get_by_role("textbox", name=re.compile("^Message"))
    await box.fill(typed)
    await box.press("Enter")
    return page.get_by_role("article").last


async def direct_messages(page: Page) -> Locator:
    """Open the conversation with the bot, and answer what is said there."""
    await visit(page, "Staffroom")
    await expect(page.get_by_role("main").get_by_role("heading", name="Staffroom")).to_be_visible()
    return page.get_by_role("article")


async def a_teacher_publishes(page: Page) -> None:
    await become(page, "Hugo Draft")
    await visit(page, "reflections")
    prompt = page.get_by_role("article").filter(has_text="Week 3:").first
    await prompt.get_by_role("button", name="Write a reflection").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Title").fill(TITLE)
    await form.get_by_label("Your reflection").fill(ESSAY)
    await form.get_by_role("button", name="Send").click()
    await expect(form).to_be_hidden()
    await prompt.get_by_role("button", name=re.compile("replies")).click()
    post = page.get_by_role("article").filter(has=page.get_by_role("heading", name=TITLE))
    await expect(post.filter(has_text="That is the whole of it.")).to_be_visible()


async def her_coach_is_told(page: Page) -> None:
    await become(page, "Cora Specimen")
    await expect((await direct_messages(page)).filter(has_text=TITLE)).to_be_visible()


async def the_organizer_pairs_the_unpaired(page: Page) -> None:
    await become(page, "Ada Example")
    await visit(page, "coaching")
    proposal = await command(page, "/coach propose")
    await expect(proposal).to_contain_text("Lena Beta with Ben Sample")
    await expect(proposal).to_contain_text("Milo Rehearsal with Dev Prototype")
    swapped = await command(page, "/coach swap teacher: Lena Beta other: Milo Rehearsal")
    await expect(swapped).to_contain_text("Lena Beta with Dev Prototype")
    await swapped.get_by_role("button", name="Approve all").click()
    await expect(page.get_by_role("article").last).to_contain_text("approved")
    await become(page, "Lena Beta")
    await expect(
        (await direct_messages(page)).filter(has_text="Dev Prototype").first
    ).to_be_visible()


async def a_webinar_is_announced_and_answered(page: Page) -> None:
    await become(page, "Ada Example")
    await visit(page, "webinars")
    await command(
        page,
        f"/webinar announce title: {WEBINAR} when: Friday 4pm minutes: 45 "
        "link: https://meet.example.org/rooms",
    )
    await become(page, "Hugo Draft")
    await visit(page, "webinars")
    announcement = page.get_by_role("article").filter(has=page.get_by_role("heading", name=WEBINAR))
    await announcement.get_by_role("button", name="I will be there").click()
    await expect(announcement).to_contain_text("1 is coming", timeout=90_000)


async def a_week_passes(page: Page) -> None:
    await page.get_by_role("button", name="+1 week").click()
    await expect(page.get_by_role("button", name="+1 week")).to_be_enabled(timeout=60_000)
    await visit(page, "reflections")
    await expect(page.get_by_role("article").filter(has_text="Week 4:").first).to_be_visible()
    await expect((await direct_messages(page)).filter(has_text=WEBINAR).last).to_be_visible()
    await expect(page.get_by_role("article").filter(has_text=NUDGED)).to_have_count(0)
    await become(page, "Finn Pattern")
    await expect((await direct_messages(page)).filter(has_text=NUDGED).first).to_be_visible()
    await become(page, "Cora Specimen")
    await expect((await direct_messages(page)).filter(has_text=SUMMED_UP).last).to_be_visible()


async def all_is_still_there(page: Page) -> None:
    await expect(page.get_by_role("article").first).to_be_visible()
    await become(page, "Hugo Draft")
    await visit(page, "reflections")
    await expect(page.get_by_role("article").filter(has_text="Week 4:").first).to_be_visible()
    await visit(page, "webinars")
    await expect(page.get_by_role("heading", name=WEBINAR)).to_be_visible()
    answer = await command(page, "/reflect mine")
    await expect(answer).to_contain_text(TITLE)


async def test_the_main_job_is_done_in_the_browser(settings: Settings, open_page: OpenPage) -> None:
    assert len(ESSAY.split()) >= 800
    for part_of_the_story in (
        [
            a_teacher_publishes,
            her_coach_is_told,
            the_organizer_pairs_the_unpaired,
            a_webinar_is_announced_and_answered,
            a_week_passes,
        ],
        [all_is_still_there],
    ):
        with open_store(settings, RealClock().now(), running=True) as store:
            app = App(store, settings)
            page = await open_page(await app.start(), viewport={"width": 1280, "height": 900})
            try:
                await expect(page.get_by_role("article").first).to_be_visible()
                for happens in part_of_the_story:
                    await happens(page)
            finally:
                await page.close()
                await app.stop()
