"""The methods users.*, bots.*, team.*, auth.*, apps.*."""

from tests.platforms.slack.fake.arguments import Arguments
from tests.platforms.slack.fake.errors import Json, SlackError
from tests.platforms.slack.fake.paging import page
from tests.platforms.slack.fake.state import State
from tests.platforms.slack.fake.workspace import Workspace


def _emails(workspace: Workspace) -> bool:
    """https://docs.slack.dev/reference/scopes/users.read.email"""
    return "users:read.email" in workspace.scopes


def users_list(state: State, workspace: Workspace, args: Arguments) -> Json:
    part, cursor = page(list(workspace.users.values()), args, default=MOST_USERS)
    locale = args.flag("include_locale")
    return {
        "members": [one.document(email=_emails(workspace), locale=locale) for one in part],
        "cache_ts": int(state.now()),
        "response_metadata": {"next_cursor": cursor},
    }


MOST_USERS = 1_000


def users_info(state: State, workspace: Workspace, args: Arguments) -> Json:
    user = workspace.user(args.text("user"))
    locale = args.flag("include_locale")
    return {"user": user.document(email=_emails(workspace), locale=locale)}


def lookup_by_email(state: State, workspace: Workspace, args: Arguments) -> Json:
    wanted = args.text("email").lower()
    for user in workspace.users.values():
        if user.email and user.email.lower() == wanted and not user.deleted:
            return {"user": user.document(email=True)}
    raise SlackError("users_not_found")


def bots_info(state: State, workspace: Workspace, args: Arguments) -> Json:
    if args.text("bot") != workspace.bot_id:
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": workspace.bot_id,
            "deleted": False,
            "name": workspace.bot_name,
            "updated": 1_700_000_000,
            "app_id": workspace.app_id,
            "user_id": workspace.bot_user_id,
            "icons": {},
        }
    }


def team_info(state: State, workspace: Workspace, args: Arguments) -> Json:
    return {
        "team": {
            "id": workspace.id,
            "name": workspace.name,
            "url": f"https://{workspace.domain}.slack.com/",
            "domain": workspace.domain,
            "email_domain": "example.org",
            "icon": {"image_default": True},
            "avatar_base_url": "https://ca.slack-edge.com/",
            "is_verified": False,
        }
    }


def auth_test(state: State, workspace: Workspace, args: Arguments) -> Json:
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": workspace.users[workspace.bot_user_id].name,
        "team_id": workspace.id,
        "user_id": workspace.bot_user_id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def auth_revoke(state: State, workspace: Workspace, args: Arguments) -> Json:
    if args.flag("test"):
        return {"revoked": False}
    _gone(state, workspace, uninstalled=False)
    return {"revoked": True}


def apps_uninstall(state: State, workspace: Workspace, args: Arguments) -> Json:
    if args.text("client_id") != state.app.client_id:
        raise SlackError("invalid_client_id")
    if args.text("client_secret") != state.app.client_secret:
        raise SlackError("bad_client_secret")
    _gone(state, workspace, uninstalled=True)
    return {}


def _gone(state: State, workspace: Workspace, *, uninstalled: bool) -> None:
    """https://docs.slack.dev/reference/events/tokens_revoked and .../app_uninstalled"""
    state.revoke(workspace, "account_inactive" if uninstalled else "token_revoked")
    revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [workspace.bot_user_id]}}
    state.on_event(workspace, {**revoked, "event_ts": state.ts()})
    if uninstalled:
        state.on_event(workspace, {"type": "app_uninstalled", "event_ts": state.ts()})
    state.changed()
