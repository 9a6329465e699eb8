from typing import Any

import pytest
from aiohttp import ClientSession

from tests.platforms.local.world import World, serving


async def status(
    world: World, method: str, path: str, headers: dict[str, str], body: Any = None
) -> int:
    address = f"http://127.0.0.1:{world.server.port}"
    async with (
        ClientSession() as session,
        session.request(method, address + path, headers=headers, json=body) as response,
    ):
        return response.status


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1:1", 200),
        ("localhost:80", 200),
        ("[::1]:80", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example:80", 403),
        ("localhost.evil.example", 403),
        ("[bad", 403),
    ],
)
async def test_only_loopback_names_are_served(world: World, host: str, expected: int) -> None:
    async with serving(world):
        assert await status(world, "GET", "/", {"Host": host}) == expected
        assert await status(world, "GET", "/api/state", {"Host": host}) == expected


@pytest.mark.parametrize("origin", ["", "null", "http://evil.example", "http://127.0.0.1:1"])
async def test_other_pages_cannot_post(world: World, origin: str) -> None:
    async with serving(world):
        headers = {"Origin": origin} if origin else {}
        body = {"key": "12345678-x", "name": "Mallory Example"}
        assert await status(world, "POST", "/api/newcomer", headers, body) == 403


async def test_a_form_of_another_page_is_not_what_the_page_sends(world: World) -> None:
    async with serving(world) as page, ClientSession() as session:
        here = page(world.ada)
        async with session.post(
            f"{here.address}api/newcomer", data={"name": "x"}, headers={"Origin": here.origin}
        ) as response:
            assert response.status == 415


async def test_the_page_may_load_nothing_from_elsewhere(world: World) -> None:
    async with serving(world) as page, ClientSession() as session:
        async with session.get(page("").address) as response:
            policy = response.headers["Content-Security-Policy"]
            html = await response.text()
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe-inline" not in policy
        assert "http://" not in html
        assert "https://" not in html


async def test_the_server_listens_on_loopback_only(world: World) -> None:
    assert (await world.server.start()).startswith("http://127.0.0.1:")
    await world.server.stop()


async def test_files_outside_the_page_are_not_served(world: World) -> None:
    async with serving(world):
        assert await status(world, "GET", "/page/../server.py", {}) == 404
        assert await status(world, "GET", "/page/%2e%2e/server.py", {}) == 404
        assert await status(world, "GET", "/page/main.js", {}) == 200
