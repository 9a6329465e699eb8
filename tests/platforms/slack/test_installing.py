"""One process in many workspaces: installing, side by side, ending, and coming back."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from cryptography.fernet import Fernet

from bot import export
from bot.database import open_store, the_community
from bot.platforms.slack import installing
from bot.platforms.slack.manifest import BOT_SCOPES, REDIRECT_PATH
from core.errors import UserError
from storage import members
from storage.communities import Home
from tests.platforms.slack.fake import oauth
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.reading import text_of
from tests.platforms.slack.fake.slack import FakeSlack
from tests.platforms.slack.fake.state import App
from tests.platforms.slack.fake.workspace import Workspace
from tests.platforms.slack.living import MONDAY, Living, living, said_in, words

# The SDK hands over the app's secret in a way that aiohttp is going to rename.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

KEY, ANOTHER_KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()
CHANNELS = {"announcements", "reflections", "webinars", "coaching"}


@pytest.fixture
async def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Living]:
    """Running, and installed nowhere yet."""
    app, port = App(), _free_port()
    async with living(
        tmp_path,
        monkeypatch,
        http=True,
        SLACK_CLIENT_ID=app.client_id,
        SLACK_CLIENT_SECRET=app.client_secret,
        secret_key=KEY,
        public_url=f"http://127.0.0.1:{port}",
        public_port=port,
    ) as made:
        made.slack.workspace.installed = False
        await made.start()
        yield made


def _holding(token: str, folder: Path) -> list[Path]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert [file for file in files if file.name == "staffroom.db"]
    return [file for file in files if token.encode() in file.read_bytes()]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


async def install(here: Living, workspace: Workspace | None = None) -> str:
    """Somebody installs the app in a workspace; the page that they see then."""
    status, page = await here.slack.install(f"{here.site}/slack/install", workspace=workspace)
    assert status == 200
    await here.settle()
    return page


async def begin(here: Living) -> tuple[str, dict[str, str]]:
    """Where the install page leads, and the cookies that it sets."""
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.get(f"{here.site}/slack/install", allow_redirects=False) as response,
    ):
        assert response.status == 302
        cookies = {one.key: one.value for one in response.cookies.values()}
        return response.headers["Location"], cookies


async def homes(here: Living) -> dict[str, Home]:
    """The community's homes in Slack by name, those that have ended among them."""
    found = await here.app.community.read(lambda tx: list(tx.all(tx.select(Home))))
    return {home.name: home for home in found if home.platform == "slack"}


async def second(here: Living) -> tuple[Workspace, Person]:
    """Another workspace in which the app is, and a person of the roster there."""
    team = here.slack.add_workspace("Riverside", "riverside")
    olga = here.slack.person(team.add_user("Olga Example", email="olga@example.org"), team)
    here.people["olga there"] = olga
    await install(here, team)
    return team, olga


async def everything_in_two_workspaces(here: Living) -> Workspace:
    """Olga organizes in both, and both have their channels."""
    await install(here)
    await here.types("olga", f"/enroll code: {here.code}")
    await here.types("olga", "/settings create-channels")
    team, _ = await second(here)
    olga = here.people["olga"]
    await here.slack.until(lambda: "Riverside is new" in "".join(olga.reads(olga.direct)))
    await olga.press(olga.sees(olga.direct)[-1], "Trust it")
    await here.settle()
    await here.types("olga there", "/enroll")
    await here.types("olga there", "/settings create-channels")
    return team


async def test_the_install_page_leads_to_slack_with_a_state_that_the_browser_keeps(
    here: Living,
) -> None:
    there, cookies = await begin(here)
    asked = {name: one[0] for name, one in parse_qs(urlsplit(there).query).items()}
    assert there.startswith(here.slack.authorize_url)
    assert asked["client_id"] == here.slack.client_id
    assert set(asked["scope"].split(",")) == set(BOT_SCOPES)
    assert asked["redirect_uri"] == here.settings.public_url + REDIRECT_PATH
    assert asked["state"] in cookies.values()


async def test_whoever_allows_it_has_a_home_whose_token_is_sealed(
    here: Living, tmp_path: Path
) -> None:
    page = await install(here)
    assert "Staffroom lives in Lakeside Virtual now" in page
    home = (await homes(here))["Lakeside Virtual"]
    assert home.external_id == here.slack.workspace.id
    token = here.slack.bot_token
    assert token in installing.Seal(KEY).open(home.secret or "")
    await here.stop()
    assert [file.name for file in _holding(token, tmp_path)] == []


async def test_the_export_has_neither_token_nor_what_is_kept_of_it(
    here: Living, tmp_path: Path
) -> None:
    await install(here)
    secret = (await homes(here))["Lakeside Virtual"].secret or ""
    folder = tmp_path / "exported"
    with open_store(here.settings, here.clock.now()) as store:
        export.write(store.community(the_community(store).id), folder)
    files = [file.read_text() for file in folder.iterdir()]
    assert any(here.slack.workspace.id in text for text in files)
    assert not [text for text in files if secret in text or here.slack.bot_token in text]


async def test_two_workspaces_live_side_by_side(here: Living) -> None:
    team = await everything_in_two_workspaces(here)
    assert set(await homes(here)) == {"Lakeside Virtual", "Riverside"}
    for workspace in (here.slack.workspace, team):
        channels = [one for one in workspace.channels.values() if one.kind == "channel"]
        assert {one.name for one in channels} == CHANNELS
    await here.pass_until(MONDAY)
    for workspace in (here.slack.workspace, team):
        posts = [text_of(one) for one in said_in(here.channel("reflections", workspace))]
        assert sum("Week 1:" in text for text in posts) == 1
    for who in ("olga", "olga there"):
        assert "Lakeside Virtual" in words(await here.types(who, "/settings show"))


async def test_in_a_workspace_that_nobody_trusts_an_address_proves_nothing(here: Living) -> None:
    await install(here)
    await second(here)  # with the address of an organizer
    for asked in ("/settings show", "/enroll", "/member list"):
        said = words(await here.types("olga there", asked))
        assert "Settings of" not in said
        assert "organizer here" not in said
    there = (await homes(here))["Riverside"].id
    known = await here.app.community.read(lambda tx: members.accounts_at(tx, there))
    assert known == []


async def test_a_state_from_another_browser_is_refused(here: Living) -> None:
    there, _ = await begin(here)
    _, others = await begin(here)
    for cookies in ({}, others):
        status, page = await here.slack.authorize(there, cookies=cookies)
        assert status == 400
        assert "invalid_browser" in page
        assert "Begin again" in page
    assert await homes(here) == {}


async def test_a_state_that_is_too_old_is_refused(
    here: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, cookies = await begin(here)
    monkeypatch.setattr(installing, "STATE_SECONDS", -1)
    status, page = await here.slack.authorize(there, cookies=cookies)
    assert status == 401
    assert "within ten minutes" in page
    assert await homes(here) == {}


async def test_a_state_that_we_did_not_make_is_refused(here: Living) -> None:
    there, cookies = await begin(here)
    (name,) = cookies
    forged = installing.Seal(ANOTHER_KEY).close("installing")
    there = there.replace(cookies[name], forged)
    status, _ = await here.slack.authorize(there, cookies={name: forged})
    assert status == 401
    assert await homes(here) == {}


async def test_whoever_presses_cancel_reads_that_nothing_was_changed(here: Living) -> None:
    there, _ = await begin(here)
    status, page = await oauth.visit(oauth.deny(there))
    assert status == 200
    assert "access_denied" in page
    assert "Nothing was changed" in page
    assert await homes(here) == {}


@pytest.mark.parametrize("method", ["oauth.v2.access", "auth.test"])
@pytest.mark.parametrize("trouble", [{"http_status": 503}, {"error": "internal_error"}])
async def test_when_slack_does_not_answer_the_installer_reads_a_page(
    here: Living, method: str, trouble: dict[str, Any]
) -> None:
    there, cookies = await begin(here)
    here.slack.fail_next(method, times=3, **trouble)
    status, page = await here.slack.authorize(there, cookies=cookies)
    assert status in (401, 500)
    assert "That did not work" in page
    assert await homes(here) == {}


async def test_after_a_restart_every_workspace_is_connected_again(here: Living) -> None:
    await everything_in_two_workspaces(here)
    await here.stop()
    await here.start()
    for who in ("olga", "olga there"):
        assert "Lakeside Virtual" in words(await here.types(who, "/settings show"))


async def test_a_new_key_opens_nothing_until_the_old_one_stands_behind_it(here: Living) -> None:
    await install(here)
    await here.stop()
    with pytest.raises(UserError, match=r"STAFFROOM_SECRET_KEY does not open.*a comma"):
        await here.start(secret_key=ANOTHER_KEY)
    await here.stop()
    await here.start(secret_key=f"{ANOTHER_KEY},{KEY}")
    assert words(await here.types("olga", "/staffroom help"))


async def removed(slack: FakeSlack) -> None:
    """As Slack tells it when somebody removes the app."""
    await slack.uninstall()


async def only_removed(slack: FakeSlack) -> None:
    slack.state.revoke(slack.workspace, "account_inactive")
    await slack.event({"type": "app_uninstalled"})


async def only_revoked(slack: FakeSlack) -> None:
    slack.state.revoke(slack.workspace, "token_revoked")
    tokens = {"oauth": [], "bot": [slack.workspace.bot_user_id]}
    await slack.event({"type": "tokens_revoked", "tokens": tokens})


@pytest.mark.parametrize("ends", [removed, only_removed, only_revoked])
async def test_a_workspace_that_removes_the_app_ends_that_home_alone(
    here: Living, ends: Any
) -> None:
    await everything_in_two_workspaces(here)
    calls = len(here.slack.requests)
    await ends(here.slack)
    await here.pass_until(MONDAY)
    ended = (await homes(here))["Lakeside Virtual"]
    assert ended.retired_at is not None
    assert ended.secret is None
    assert set(ended.channels) == CHANNELS
    after = here.slack.requests[calls:]
    assert not [one for one in after if one.answer is None or not one.answer["ok"]]
    assert [text for text in here.told("olga there") if "Lakeside Virtual has ended" in text]
    assert not [text for text in here.told("olga") if "has ended" in text]
    assert "Lakeside Virtual" in words(await here.types("olga there", "/settings show"))


async def test_a_person_who_takes_back_their_own_token_ends_nothing(here: Living) -> None:
    await install(here)
    await here.slack.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}})
    assert (await homes(here))["Lakeside Virtual"].retired_at is None


async def test_a_workspace_that_removed_the_app_while_we_were_away_has_ended(
    here: Living,
) -> None:
    await everything_in_two_workspaces(here)
    await here.stop()
    here.slack.state.revoke(here.slack.workspace, "account_inactive")
    await here.start()
    ended = (await homes(here))["Lakeside Virtual"]
    assert ended.retired_at is not None
    assert ended.secret is None
    assert [text for text in here.told("olga there") if "Lakeside Virtual has ended" in text]


async def test_installed_again_it_goes_on_with_the_channels_that_were_chosen(
    here: Living,
) -> None:
    await everything_in_two_workspaces(here)
    before = (await homes(here))["Lakeside Virtual"]
    await here.slack.uninstall()
    await here.settle()
    await install(here)
    again = (await homes(here))["Lakeside Virtual"]
    assert (again.id, again.channels, again.retired_at) == (before.id, before.channels, None)
    assert again.secret
    await here.pass_until(MONDAY)
    posts = [text_of(one) for one in said_in(here.channel("reflections", here.slack.workspace))]
    assert sum("Week 1:" in text for text in posts) == 1
    assert "Lakeside Virtual" in words(await here.types("olga", "/settings show"))


def test_a_key_that_is_none_is_named() -> None:
    with pytest.raises(UserError, match="staffroom slack key"):
        installing.Seal("a password")
