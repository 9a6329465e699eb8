"""What the page asks for: the state of things, messages, threads, commands."""

from collections.abc import Sequence
from itertools import chain

from aiohttp import web

from bot.platforms.local import views, visitors
from bot.platforms.local.desk import Desk
from bot.platforms.local.guard import Problem
from bot.platforms.local.views import View
from bot.platforms.local.visitors import Visitor
from storage import communities, local_chat
from storage.communities import Home
from storage.database import Tx
from storage.local_chat import LocalConversation, LocalMessage, Talk

PAGE = 40  # messages at a time
MOST_CHANGES = 400  # beyond this a page loads afresh


class Reading:
    """The GET half of the page's interface. Nothing here changes what anybody else sees."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/state", self.state),
            web.get("/api/messages", self.messages),
            web.get("/api/thread", self.thread),
            web.get("/api/commands", self.commands),
        ]

    async def state(self, request: web.Request) -> web.Response:
        """Who I am, whom I could be, my conversations, the clock."""
        desk, wanted = self.desk, request.query.get("as", "")
        if desk.clock.impersonation:
            await desk.let_everybody_be_met(wanted)
        account = await desk.account(request, wanted, required=False)

        def look(tx: Tx) -> View:
            community = communities.current(tx)
            who = visitors.visitor(tx, desk.home_id, account) if account else None
            anybody = desk.clock.impersonation
            people = visitors.everybody(tx, desk.home_id) if anybody else []
            return {
                "community": {"id": community.id, "name": community.name, "zone": community.zone},
                "me": who and {"account": who.account, "name": who.name, "role": who.role},
                "conversations": _conversations(tx, desk.home_id, who) if who else [],
                "impersonation": anybody,
                "people": people,
                "first": visitors.first_of(people),
                "clock": {"now": desk.clock.now().isoformat(), "moving": desk.moving},
            }

        return web.json_response(await desk.store.read(look))

    async def messages(self, request: web.Request) -> web.Response:
        """A page of history before a `seq`, or everything that changed `since` a version."""
        desk, query = self.desk, request.query
        account = await desk.account(request, query.get("as", ""))
        before, since = _number(query.get("before")), _number(query.get("since"))

        def look(tx: Tx) -> View:
            who = desk.visitor(tx, account)
            place = desk.conversation(tx, who, query.get("place", ""))
            if since is not None:
                rows = local_chat.changed(
                    tx, place, who.accounts, since=since, limit=MOST_CHANGES + 1
                )
                if len(rows) > MOST_CHANGES:
                    return {"reload": True}
                return {"version": place.version, "messages": _views(tx, desk, place, rows, who)}
            rows = local_chat.history(tx, place, who.accounts, before=before, limit=PAGE + 1)
            shown = _views(tx, desk, place, rows[:PAGE][::-1], who)
            seats = [local_chat.seat(tx, place.id, each) for each in who.accounts]
            return {
                "version": place.version,
                "read_through": max((seat.read_through for seat in seats if seat), default=0),
                "more": len(rows) > PAGE,
                "before": rows[:PAGE][-1].seq if rows else None,
                "messages": [view for view in shown if not view["deleted"] or view["replies"]],
            }

        return web.json_response(await desk.store.read(look))

    async def thread(self, request: web.Request) -> web.Response:
        """A message and what stands below it."""
        desk, query = self.desk, request.query
        account = await desk.account(request, query.get("as", ""))

        def look(tx: Tx) -> View:
            who = desk.visitor(tx, account)
            place = desk.conversation(tx, who, query.get("place", ""))
            root = desk.message(tx, who, place, query.get("root", ""), deleted=True)
            rows = [root, *local_chat.replies(tx, place, who.accounts, root)]
            return {"version": place.version, "messages": _views(tx, desk, place, rows, who)}

        return web.json_response(await desk.store.read(look))

    async def commands(self, request: web.Request) -> web.Response:
        """What this person may ask for."""
        account = await self.desk.account(request, request.query.get("as", ""))
        rows = await self.desk.dispatcher.commands(self.desk.home_id, account)
        channels = await self.desk.platform.channels()
        return web.json_response({"commands": [views.command(row, channels) for row in rows]})


def _conversations(tx: Tx, home_id: str, who: Visitor) -> list[View]:
    """Channels in the order of their purposes, then direct and group conversations."""
    rows = local_chat.conversations_of(tx, home_id, who.accounts)
    rows = [row for row in rows if who.inside or row.talk != Talk.CHANNEL]
    unread = local_chat.unread(tx, home_id, who.accounts)
    purposes = {place: purpose for purpose, place in tx.need(Home, home_id).channels.items()}
    order = list(purposes)
    rows.sort(key=lambda row: order.index(row.place) if row.place in order else len(order))
    titles = _group_names(tx, home_id, who, [row for row in rows if row.talk == Talk.GROUP])
    return [
        views.conversation(row, titles.get(row.id, row.name), purposes, unread.get(row.id, 0))
        for row in rows
    ]


def _group_names(
    tx: Tx, home_id: str, who: Visitor, rows: Sequence[LocalConversation]
) -> dict[str, str]:
    """Group conversations by the names of the others in them."""
    seats = local_chat.seats(tx, [row.id for row in rows])
    others = {
        place: [account for account in accounts if account not in who.accounts]
        for place, accounts in seats.items()
    }
    known = visitors.names(tx, home_id, chain.from_iterable(others.values()))
    return {
        place: ", ".join(known[account][0] for account in accounts)
        for place, accounts in others.items()
        if accounts and all(account in known for account in accounts)
    }


def _views(
    tx: Tx, desk: Desk, place: LocalConversation, rows: Sequence[LocalMessage], who: Visitor
) -> list[View]:
    threads = local_chat.threads(
        tx, place, who.accounts, [row.id for row in rows if row.under is None]
    )
    names = visitors.names(tx, desk.home_id, {row.author for row in rows if row.author})
    return [views.message(row, names, threads.get(row.id), who) for row in rows]


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 15:
        raise Problem(400, "This is not what the page asks for. Please reload it.")
    return int(text)
