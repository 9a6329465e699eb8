"""A browser for tests of the page: the system's Chromium, driven by Playwright.

Its tests share one event loop, since they share the browser: say
`pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]`.
Whatever a test does, its page may complain of nothing and ask nobody but our own server.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from storage.database import CommunityStore
from tests.platforms.local.world import World

CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def chromium() -> Path:
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}")
    return CHROMIUM


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    """One browser for all tests; each opens profiles of its own in it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """Opens an address in a fresh browser profile; takes the options of a Playwright context."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    async def opened(address: str, **options: Any) -> Page:
        context = await browser.new_context(**options)
        contexts.append(context)
        page = await context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: stays(request.url, address))
        await page.goto(address)
        return page

    def listen(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            complaints.append(said.text)

    def stays(url: str, address: str) -> None:
        if urlsplit(url).netloc != urlsplit(address).netloc:
            complaints.append(f"the page asked for {url}")

    yield opened
    for context in contexts:
        await context.close()
    assert complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def world(community: CommunityStore) -> AsyncIterator[World]:
    """Ada, Ben and Cora on the local chat, which is served."""
    world = World(community)
    await world.server.start()
    yield world
    await world.server.stop()
