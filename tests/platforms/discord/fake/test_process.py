"""The fake as a process that outlives the bot."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest


@pytest.mark.slow
async def test_a_process_keeps_what_was_posted_and_serves_it_again(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    told = await life(file, "hello")
    (line,) = [json.loads(one) for one in file.read_text().splitlines()]
    assert (line["content"], line["nonce"], line["custom_ids"]) == ("hello", "n", ["go"])
    assert line["channel"] == told["channels"]["general"]
    again = await life(file)
    assert {**again, "api_url": "", "gateway_url": ""} == {**told, "api_url": "", "gateway_url": ""}


async def life(file: Path, text: str = "") -> dict[str, Any]:
    """Starts it, posts or reads, and stops it."""
    command = [sys.executable, "-m", "tests.platforms.discord.fake", "--state", str(file)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    told: dict[str, Any] = json.loads(await process.stdout.readline())
    url = f"{told['api_url']}/channels/{told['channels']['general']}/messages"
    headers = {"Authorization": f"Bot {told['token']}"}
    go = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}
    async with aiohttp.ClientSession(headers=headers) as session:
        if text:
            components = [{"type": 1, "components": [go]}]
            body = {"content": text, "nonce": "n", "components": components}
            async with session.post(url, json=body) as answer:
                assert answer.status == 200
        async with session.get(url) as answer:
            assert [one["content"] for one in await answer.json()] == ["hello"]
    process.terminate()
    await process.wait()
    return told
