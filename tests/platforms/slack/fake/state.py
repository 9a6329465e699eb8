"""Everything that the fake Slack knows, whoever asks."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.slack.fake.documented import Manifest
from tests.platforms.slack.fake.errors import Json, SlackError
from tests.platforms.slack.fake.failures import Failures
from tests.platforms.slack.fake.limits import Limits
from tests.platforms.slack.fake.workspace import Ids, Message, User, View, Workspace

PATIENCE = 10.0
"""Seconds that a test waits for what ought to be there in a moment."""
TRIGGER_LIVES = 3.0
"""Seconds: https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses"""
RESPONSE_URL_LIVES = 30 * 60.0
RESPONSE_URL_USES = 5
"""https://docs.slack.dev/interactivity/handling-user-interaction#message_responses"""


@dataclass(frozen=True)
class App:
    """The app as it is registered at Slack."""

    id: str = "A0STAFFROOM"
    name: str = "Staffroom"
    client_id: str = "1111111111.2222222222"
    client_secret: str = "0123456789abcdef0123456789abcdef"
    signing_secret: str = "8f742231b10e8888abcd99yyyzzz85a5"
    verification_token: str = "Gg2gg2gg2gg2gg2gg2gg2gg2"
    app_token: str = "xapp-1-A0STAFFROOM-3333333333-0123456789abcdef"


@dataclass
class Trigger:
    """The right to open one modal, soon."""

    id: str
    workspace: Workspace
    user: str
    expires: float
    used: bool = False
    view: View | None = None  # the modal in which something was pressed
    opened: View | None = None


@dataclass
class ResponseUrl:
    """An address at which the app may answer one interaction."""

    path: str
    workspace: Workspace
    user: str
    channel: str
    expires: float
    uses: int = 0
    original: Message | None = None
    answers: list[Message] = field(default_factory=list)


@dataclass(frozen=True)
class Request:
    """One call of the Web API, with its answer (none when the connection was dropped)."""

    method: str
    arguments: Json
    answer: Json | None
    workspace: str


@dataclass
class Code:
    """What Slack hands the app when someone has allowed it to be installed."""

    workspace: Workspace
    redirect_uri: str
    user: str
    scopes: tuple[str, ...]
    used: bool = False


class State:
    """Workspaces, tokens, what was called, what is promised."""

    def __init__(
        self,
        *,
        app: App,
        manifest: Manifest,
        now: Callable[[], float] | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.app = app
        self.manifest = manifest
        self.now = now or time.time
        self.clock = clock or time.monotonic
        self.ids = Ids()
        self.workspaces: dict[str, Workspace] = {}
        self.revoked: dict[str, str] = {}  # token -> error
        self.calls: Counter[str] = Counter()
        self.requests: list[Request] = []
        self.posts: list[Message] = []
        self.faults: list[str] = []
        self.limits = Limits(self.clock, distributed=manifest.distributed)
        self.failures = Failures()
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.codes: dict[str, Code] = {}
        self.on_event: Callable[[Workspace, Json], None] = lambda _workspace, _event: None
        self.on_post: Callable[[Message], None] = lambda _message: None
        self.base = ""
        self.unthreads = True
        self.trigger_lives = TRIGGER_LIVES
        self._last = 0
        self._changed: set[asyncio.Event] = set()

    def add_workspace(self, name: str, domain: str, *, installed: bool = True) -> Workspace:
        team = self.ids.next("T")
        made = Workspace(
            id=team,
            name=name,
            domain=domain,
            app_id=self.app.id,
            bot_user_id=self.ids.next("U"),
            bot_id=self.ids.next("B"),
            bot_name=self.app.name,
            bot_token=f"xoxb-{team[1:]}-4444444444-abcdefabcdefabcdef",
            scopes=self.manifest.scopes,
            ids=self.ids,
            installed=installed,
        )
        made.users[made.bot_user_id] = User(
            id=made.bot_user_id,
            team_id=team,
            name=self.app.name.lower(),
            real_name=self.app.name,
            email=None,
            is_bot=True,
        )
        # Slackbot is no bot: https://docs.slack.dev/reference/objects/user-object
        made.users["USLACKBOT"] = User(
            "USLACKBOT", team, "slackbot", "Slackbot", "Slackbot", email=None
        )
        self.workspaces[team] = made
        return made

    def ts(self) -> str:
        """A timestamp later than any before it; it is the id of a message in its channel."""
        self._last = max(int(self.now() * 1_000_000), self._last + 100)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def installation(self, token: str) -> Workspace:
        """The workspace of a bot token."""
        if token in self.revoked:
            raise SlackError(self.revoked[token])
        for workspace in self.workspaces.values():
            if workspace.installed and workspace.bot_token == token:
                return workspace
        raise SlackError("invalid_auth")

    def revoke(self, workspace: Workspace, error: str = "token_revoked") -> None:
        """The app loses its token for a workspace."""
        self.revoked[workspace.bot_token] = error
        workspace.installed = False

    def trigger(self, workspace: Workspace, user: str, view: View | None = None) -> Trigger:
        made = Trigger(
            f"{len(self.triggers) + 1000}.{workspace.id[1:]}.{self.ids.next('x').lower()}",
            workspace,
            user,
            self.clock() + self.trigger_lives,
            view=view,
        )
        self.triggers[made.id] = made
        return made

    def response_url(
        self,
        kind: str,
        workspace: Workspace,
        user: str,
        channel: str,
        original: Message | None = None,
    ) -> ResponseUrl:
        made = ResponseUrl(
            f"/{kind}/{workspace.id}/{len(self.response_urls) + 1}/{self.ids.next('r').lower()}",
            workspace,
            user,
            channel,
            self.clock() + RESPONSE_URL_LIVES,
            original=original,
        )
        self.response_urls[made.path] = made
        return made

    def fault(self, words: str) -> None:
        """The app did what is documented nowhere, or what loses something."""
        self.faults.append(words)

    def changed(self) -> None:
        """Wakes everybody who waits for something."""
        for event in self._changed:
            event.set()

    async def until(self, true: Callable[[], Any], within: float = PATIENCE) -> Any:
        """Waits until something is true; what it returned then."""
        event = asyncio.Event()
        self._changed.add(event)
        try:
            async with asyncio.timeout(within):
                while not (found := true()):
                    event.clear()
                    await event.wait()
            return found
        finally:
            self._changed.discard(event)
