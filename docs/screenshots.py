"""Take the pictures of the page that the documents show: `make screenshots`.

The demo community at a fixed moment, wide and on a phone, light and dark.
"""

import asyncio
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from bot import demo
from bot.app import App
from bot.clock import VirtualClock
from bot.database import open_store
from bot.settings import Settings

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
IMAGES = Path(__file__).parent / "images"
NOW = datetime(2026, 9, 15, 13, tzinfo=UTC)  # the demo stands on the Tuesday of its third week
SIZES = ((1280, 800), (390, 844))


async def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(DATABASE_URL=f"sqlite:///{folder}/staffroom.db", port=0)
        with open_store(settings, NOW, running=True, create=True) as store:
            await demo.create(store, NOW)
            app = App(store, settings, VirtualClock(demo.local(demo.first_monday(NOW), demo.END)))
            address = await app.start()
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
                for width, height in SIZES:
                    for colors in ("light", "dark"):
                        await take(browser, address, width, height, colors)
                await browser.close()
            await app.stop()


async def take(browser: Browser, address: str, width: int, height: int, colors: str) -> None:
    """One picture: a teacher reads what colleagues wrote to the week's prompt."""
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if colors == "dark" else "light",
    )
    page = await context.new_page()
    await page.goto(f"{address}#/finn/c-reflections")
    prompt = page.get_by_role("article").filter(has_text="Week 3:").first
    await prompt.get_by_role("button", name=re.compile("repl")).click()
    essay = page.get_by_role("heading", name="Three promises I made by accident")
    await essay.evaluate("heading => heading.closest('article').scrollIntoView()")
    await prompt.get_by_role("heading").evaluate("heading => heading.scrollIntoView()")
    await page.wait_for_timeout(500)
    await page.screenshot(path=IMAGES / f"page-{width}-{colors}.png")
    await context.close()


if __name__ == "__main__":
    asyncio.run(main())
