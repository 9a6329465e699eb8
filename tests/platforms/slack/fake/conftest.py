"""Fixtures of the fake's own tests."""

from collections.abc import AsyncIterator

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack.fake import bolt
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.slack import FakeSlack
from tests.platforms.slack.fake.workspace import Channel


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        yield fake


@pytest.fixture
async def client(slack: FakeSlack) -> AsyncIterator[AsyncWebClient]:
    async with bolt.client(slack) as made:
        yield made


@pytest.fixture
def ada(slack: FakeSlack) -> Person:
    return slack.person(slack.workspace.add_user("Ada Example"))


@pytest.fixture
def general(slack: FakeSlack, ada: Person) -> Channel:
    return slack.workspace.add_channel("general", ada.id)


@pytest.fixture
def app(slack: FakeSlack) -> AsyncApp:
    return AsyncApp(
        client=AsyncWebClient(token=slack.bot_token, base_url=slack.url),
        signing_secret=slack.signing_secret,
    )


@pytest.fixture(params=["socket", "http"])
async def running(
    request: pytest.FixtureRequest, slack: FakeSlack, app: AsyncApp
) -> AsyncIterator[AsyncApp]:
    """The app, reached in both ways."""
    if request.param == "socket":
        async with bolt.socket_mode(slack, app):
            yield app
    else:
        async with bolt.http(slack, app) as url:
            ack = await slack.use_http(url)
            assert ack.ok
            yield app
