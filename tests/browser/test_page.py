import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import Page, Route, expect

from core.chat import Button, Message, Ref
from core.interaction import button_id
from tests.browser.conftest import OpenPage
from tests.platforms.local.world import NOW, World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def at(world: World, account: str, place: str) -> str:
    return f"http://127.0.0.1:{world.server.port}/#/{account}/{place}"


async def prompt(world: World) -> Ref:
    return await world.platform.post(
        "c-reflections",
        Message(
            "What surprised you?",
            title="Week 1",
            buttons=(Button("Write", button_id("note write"), "primary"),),
        ),
        key="prompt",
    )


async def become(page: Page, name: str) -> None:
    await page.get_by_role("button", name="I am").click()
    await page.get_by_label("Search people").fill(name)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="I am")).to_contain_text(name)


async def test_a_command_is_chosen_filled_in_and_sent_by_keyboard_alone(
    world: World, open_page: OpenPage
) -> None:
    page = await open_page(at(world, world.ada, "c-general"))
    await expect(page.get_by_label("Message general")).to_be_focused()
    press, write = page.keyboard.press, page.keyboard.type
    await write("/pol")
    await expect(page.get_by_role("option", name="/poll start")).to_have_attribute(
        "aria-selected", "true"
    )
    await press("Tab")
    await expect(page.get_by_label("question:")).to_be_focused()
    await write("Shall we meet?")
    await press("Tab")
    await write("3")
    await press("Tab")
    await write("Ben")
    await expect(page.get_by_role("option", name="Ben Example")).to_be_visible()
    await press("Tab")
    await expect(page.get_by_label("chair:")).to_have_value("Ben Example · coach")
    await press("Tab")
    await press("ArrowDown")
    await press("Enter")
    await expect(page.get_by_label("audience:")).to_have_value("My coach")
    await press("Enter")
    poll = page.get_by_role("article").filter(has_text="Shall we meet?")
    await expect(poll).to_contain_text("Open for 3 days. Ben Example looks after it.")
    await expect(page.get_by_label("Message general")).to_be_focused()


async def test_enter_takes_the_marked_suggestion_rather_than_send(
    world: World, open_page: OpenPage
) -> None:
    page = await open_page(at(world, world.ada, "c-general"))
    await expect(page.get_by_label("Message general")).to_be_focused()
    await page.keyboard.type("/poll start ")
    chair = page.get_by_label("chair:")
    await page.get_by_label("question:").fill("Shall we?")
    await chair.press_sequentially("exam")
    await chair.press("Enter")  # sooner than the suggestions come
    await expect(chair).to_have_value("Ada Example · teacher")
    await chair.press("Enter")
    form = page.get_by_role("dialog")  # for the days that are still missing
    await form.get_by_label("Days").fill("4")
    chair = form.get_by_role("combobox", name="Chair")
    await chair.fill("")
    await chair.press_sequentially("Be")
    await expect(page.get_by_role("option", name="Ben Example")).to_be_visible()
    await chair.press_sequentially("n")
    await chair.press("Enter")
    await expect(chair).to_have_value("Ben Example · coach")
    await expect(form).to_be_visible()
    await chair.press("Enter")
    await expect(
        page.get_by_role("main").get_by_text("Ben Example looks after it.")
    ).to_be_visible()


async def test_enter_sends_where_nothing_is_suggested(world: World, open_page: OpenPage) -> None:
    page = await open_page(at(world, world.ada, "c-general"))
    await expect(page.get_by_label("Message general")).to_be_focused()
    await page.keyboard.type("/poll start ")
    await page.get_by_label("question:").fill("Shall we?")
    await page.get_by_label("days:").fill("4")
    await page.get_by_label("chair:").press("Enter")
    await expect(page.get_by_role("main").get_by_text("Open for 4 days.")).to_be_visible()


async def test_escape_turns_fields_back_into_text_without_losing_them(
    world: World, open_page: OpenPage
) -> None:
    page = await open_page(at(world, world.ada, "c-general"))
    await expect(page.get_by_label("Message general")).to_be_focused()
    await page.keyboard.type("/poll start ")
    await page.keyboard.type("Shall we? days:")
    await expect(page.get_by_label("days:")).to_be_focused()
    await page.keyboard.type("4")
    await page.keyboard.press("Escape")
    box = page.get_by_label("Message general")
    await expect(box).to_have_value("/poll start question: Shall we? days: 4")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main").get_by_text("Open for 4 days.")).to_be_visible()


async def test_a_wrong_command_is_answered_with_the_nearest_for_me_alone(
    world: World, open_page: OpenPage
) -> None:
    page = await open_page(at(world, world.ada, "c-general"))
    await page.get_by_label("Message general").fill("/note raed")
    await page.keyboard.press("Enter")
    answer = page.get_by_role("article")
    await expect(answer).to_contain_text("Only you can see this")
    await expect(answer).to_contain_text("/note read")


async def test_a_form_marks_its_problem_and_loses_nothing_on_reload(
    world: World, open_page: OpenPage
) -> None:
    await prompt(world)
    page = await open_page(at(world, world.ada, "c-reflections"))
    await page.get_by_role("button", name="Write").click()
    form = page.get_by_role("dialog", name="Write a note")
    await form.get_by_label("Title").fill("forbidden fruit")
    await form.get_by_label("Your note").fill("eight hundred words " * 10)
    await expect(form.get_by_text("30 words · 5,800 characters left")).to_be_visible()
    await form.get_by_label("Everybody").check()
    await form.get_by_role("button", name="Publish").click()
    await expect(form.get_by_text("Please choose another title.")).to_be_visible()
    await expect(form.get_by_label("Title")).to_be_focused()
    await expect(form.get_by_label("Title")).to_have_attribute("aria-invalid", "true")

    await page.reload()
    await expect(form.get_by_label("Title")).to_have_value("forbidden fruit")
    await expect(form.get_by_label("Everybody")).to_be_checked()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Continue").click()
    await expect(form.get_by_label("Your note")).to_have_value("eight hundred words " * 10)

    await form.get_by_label("Title").fill("Allowed fruit")
    await form.get_by_role("button", name="Publish").click()
    await expect(form).to_be_hidden()
    await expect(page.get_by_role("heading", name="Allowed fruit")).to_be_visible()
    await expect(page.get_by_text("Unfinished")).to_be_hidden()


async def test_a_button_changes_the_message_on_every_open_page(
    world: World, open_page: OpenPage
) -> None:
    buttons = (Button("Yes", button_id("poll vote", yes="1")),)
    await world.platform.post("c-general", Message("0 said yes.", buttons=buttons), key="poll")
    ada = await open_page(at(world, world.ada, "c-general"))
    ben = await open_page(at(world, world.ben, "c-general"))
    await expect(ben.get_by_text("0 said yes.")).to_be_visible()
    await ada.get_by_role("button", name="Yes").click()
    await expect(ada.get_by_text("1 said yes.")).to_be_visible()
    await expect(ben.get_by_text("1 said yes.")).to_be_visible()


async def test_what_is_unread_is_marked_on_people_and_conversations(
    world: World, open_page: OpenPage
) -> None:
    page = await open_page(at(world, world.ada, "c-general"))
    await expect(page.get_by_label("Message general")).to_be_visible()
    await world.direct(world.ben, "Ada wrote this week.")
    me = page.get_by_role("button", name="I am")
    await expect(me).to_contain_text("1 person has unread messages")
    await me.click()
    await expect(page.get_by_role("option", name="Ben Example")).to_contain_text("1 unread")
    await page.keyboard.press("Escape")
    await become(page, "Ben Example")
    talk = page.get_by_role("link", name="Staffroom")
    await expect(talk).to_contain_text("1 unread")
    await talk.click()
    await expect(page.get_by_text("Ada wrote this week.")).to_be_visible()
    await expect(talk).not_to_contain_text("unread")
    await become(page, "Ada Example")
    await expect(me).not_to_contain_text("unread")


async def test_the_people_switch_stays_open_while_the_page_is_still_loading(
    world: World, open_page: OpenPage
) -> None:
    page = await open_page(at(world, world.ada, "c-general"))
    go_on = asyncio.Event()

    async def slow(route: Route) -> None:
        await go_on.wait()
        await route.continue_()

    await page.route("**/api/messages?*", slow)
    await page.reload()
    await page.get_by_role("button", name="I am").click()
    search = page.get_by_label("Search people")
    await search.press_sequentially("Be")
    go_on.set()
    await world.platform.post("c-general", Message("Here at last."), key="last")
    await expect(page.get_by_text("Here at last.")).to_be_visible()
    await page.wait_for_timeout(100)
    await expect(search).to_be_focused()
    await expect(search).to_have_value("Be")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="I am")).to_contain_text("Ben Example")


async def test_people_reply_in_a_thread(world: World, open_page: OpenPage) -> None:
    root = await prompt(world)
    await world.platform.post(
        "c-reflections", Message("My answer.", title="On silence"), key="answer", under=root
    )
    page = await open_page(at(world, world.ben, "c-reflections"))
    await page.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_role("heading", name="On silence")).to_be_visible()
    await thread.get_by_label("Reply in this thread").fill("Thank **you**.")
    await page.keyboard.press("Enter")
    await expect(thread.get_by_text("Thank you.")).to_be_visible()
    await expect(page.get_by_role("button", name="2 replies")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(thread).to_be_hidden()
    await expect(page.get_by_role("button", name="2 replies")).to_be_focused()


async def test_a_draft_of_a_message_waits_in_its_conversation(
    world: World, open_page: OpenPage
) -> None:
    page = await open_page(at(world, world.ada, "c-general"))
    await page.get_by_label("Message general").fill("Not yet sent")
    await page.get_by_role("link", name="coaching").click()
    await expect(page.get_by_label("Message coaching")).to_have_value("")
    await page.get_by_role("link", name="general").click()
    await expect(page.get_by_label("Message general")).to_have_value("Not yet sent")


async def test_on_a_phone_the_conversations_are_a_drawer(world: World, open_page: OpenPage) -> None:
    page = await open_page(at(world, world.ada, "c-general"), **PHONE)
    await expect(page.get_by_role("heading", name="general")).to_be_visible()
    drawer = page.get_by_role("navigation", name="Conversations")
    await expect(drawer).to_be_hidden()
    menu = page.get_by_role("button", name="Conversations")
    await menu.click()
    await expect(drawer.get_by_role("link", name="general")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(drawer).to_be_hidden()
    await expect(menu).to_be_focused()
    await menu.click()
    await drawer.get_by_role("link", name="webinars").click()
    await expect(page.get_by_role("heading", name="webinars")).to_be_visible()
    await expect(drawer).to_be_hidden()
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width == PHONE["viewport"]["width"]  # type: ignore[index]


async def test_dark_follows_the_system_and_then_the_person(
    world: World, open_page: OpenPage
) -> None:
    page = await open_page(at(world, world.ada, "c-general"), color_scheme="dark")
    root = page.locator("html")
    await expect(root).to_have_attribute("data-theme", "dark")
    await page.get_by_role("button", name="Light colors").click()
    await expect(root).to_have_attribute("data-theme", "light")
    await page.reload()
    await expect(root).to_have_attribute("data-theme", "light")


async def test_moving_the_clock_shows_what_happens(world: World, open_page: OpenPage) -> None:
    async def announce() -> None:
        await world.platform.post("c-webinars", Message("See you today"), key="soon")

    world.clock.plan.append((NOW + timedelta(days=2), announce))
    page = await open_page(at(world, world.ada, "c-general"))
    clock = page.get_by_role("group", name="clock")
    await expect(clock).to_contain_text("Mon, Sep 14, 2026")
    await page.get_by_role("button", name="Next event").click()
    await expect(clock).to_contain_text("Wed, Sep 16, 2026")
    await expect(page.get_by_role("link", name="webinars")).to_contain_text("1 unread")
    await page.get_by_role("button", name="+1 week").click()
    await expect(clock).to_contain_text("Wed, Sep 23, 2026")
    await page.get_by_role("button", name="Next event").click()
    await expect(page.get_by_role("alert").get_by_text("Nothing is planned")).to_be_visible()


async def test_older_messages_come_when_one_scrolls_up(world: World, open_page: OpenPage) -> None:
    for number in range(100):
        await world.platform.post("c-general", Message(f"Message {number}."), key=f"k{number}")
    page = await open_page(at(world, world.ada, "c-general"))
    await expect(page.get_by_text("Message 99.")).to_be_in_viewport()
    assert await page.get_by_text("Message 5.").count() == 0
    for _ in range(3):
        await page.get_by_role("region", name="Messages").evaluate("box => box.scrollTo(0, 0)")
        await page.wait_for_timeout(150)
    await expect(page.get_by_text("Message 0.")).to_have_count(1)
    texts = await page.locator("#timeline .prose").all_inner_texts()
    assert texts == [f"Message {number}." for number in range(100)]


async def test_what_people_write_can_do_no_harm(world: World, open_page: OpenPage) -> None:
    evil = "<img src=x onerror=document.title='caught'> **open @everyone [x](javascript:alert(1))"
    fields = ((evil, evil),)
    buttons = (Button(evil[:60], button_id("note read")),)
    await world.platform.post("c-general", Message(evil, evil, fields, buttons), key="evil")
    page = await open_page(at(world, world.ada, "c-general"))
    await expect(page.get_by_role("heading", name="<img src=x")).to_be_visible()
    assert await page.locator(".message img:not(.avatar img)").count() == 0
    assert await page.title() != "caught"


async def test_a_newcomer_comes_in_and_talks_with_the_bot(
    world: World, open_page: OpenPage
) -> None:
    page = await open_page(at(world, world.ada, "c-general"))
    await expect(page.get_by_label("Message general")).to_be_focused()
    await page.get_by_role("button", name="I am").click()
    await page.get_by_role("button", name="Come as a newcomer").click()
    await page.get_by_label("Name").fill("New Example")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="I am")).to_contain_text("New Example")
    await expect(page.get_by_role("link")).to_have_count(1 + 1)  # skip link, and the bot
    await expect(page.get_by_label("Type / to ask Staffroom")).to_be_visible()


async def test_beside_a_real_home_there_is_neither_switch_nor_clock(
    world: World, open_page: OpenPage
) -> None:
    async def who_is(token: str) -> str | None:
        return world.ada if token == "once" else None

    world.server.who_is = who_is
    world.clock.impersonation = False
    address = f"http://127.0.0.1:{world.server.port}/"
    page = await open_page(address)
    await expect(page.get_by_text("open your personal link")).to_be_visible()
    await page.goto(f"{address}enter?token=once")
    await expect(page.get_by_label("Message reflections")).to_be_visible()
    await expect(page.get_by_role("button", name="I am")).to_be_disabled()
    await expect(page.get_by_role("group", name="clock")).to_be_hidden()


async def test_what_is_typed_while_an_answer_is_on_its_way_is_not_lost(
    world: World, open_page: OpenPage
) -> None:
    page = await open_page(at(world, world.ada, "c-general"))
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slow(route: Route) -> None:
        arrived.set()
        await go_on.wait()
        await route.continue_()

    await page.route("**/api/ask", slow, times=1)
    box = page.get_by_label("Message general")
    await box.fill("/note read")
    await box.press("Enter")
    await arrived.wait()
    await box.fill("/poll start question: Shall we? days: 4")
    await box.press("Enter")
    go_on.set()
    await expect(page.get_by_role("main").get_by_text("Open for 4 days.")).to_be_visible()
    await expect(box).to_have_value("")
