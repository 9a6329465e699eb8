"""What the app may do: https://docs.slack.dev/reference/scopes ."""

from tests.platforms.slack.fake.errors import SlackError
from tests.platforms.slack.fake.workspace import Kind, Workspace

_FAMILIES: dict[Kind, str] = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


def of_kind(kind: Kind, act: str) -> str:
    """The scope for one type of conversation: `im:history`."""
    return f"{_FAMILIES[kind]}:{act}"


def need(workspace: Workspace, *any_of: str) -> None:
    """Refuses an app that has none of these scopes."""
    if not set(any_of) & set(workspace.scopes):
        raise SlackError("missing_scope", needed=any_of[0], provided=",".join(workspace.scopes))
