"""What reading and writing at the page have in common: who is it, and may they see this?"""

from collections.abc import Callable

from aiohttp import web

from bot.platforms.local import visitors
from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.guard import Problem
from bot.platforms.local.ports import LocalClock
from bot.platforms.local.visitors import Visitor
from core.interaction import Dispatcher
from storage import local_chat, local_visitors
from storage.database import Tx
from storage.local_chat import LocalConversation, LocalMessage


class Desk:
    """The local home, as the page's requests find it."""

    def __init__(
        self,
        platform: LocalPlatform,
        dispatcher: Dispatcher,
        clock: LocalClock,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.platform = platform
        self.store = platform.store
        self.home_id = platform.home_id
        self.dispatcher = dispatcher
        self.clock = clock
        self.changed = changed  # something was put into the outbox
        self.moving = False
        self.cookie = f"staffroom_{platform.home_id}"

    async def account(self, request: web.Request, wanted: str, *, required: bool = True) -> str:
        """The account that this request acts for: the wanted one where anybody may be anybody,
        else that of the browser's session. Nobody: a Problem, or "" if it is not `required`."""
        account: str | None = wanted
        if not self.clock.impersonation:
            secret, now = request.cookies.get(self.cookie, ""), self.clock.now()
            account = await self.store.read(
                lambda tx: visitors.session_account(tx, self.home_id, secret, now)
            )
        if required and not account:
            raise Problem(401, "Please open your personal link to come in.")
        return account or ""

    async def let_everybody_be_met(self, account: str = "") -> None:
        """Where anybody may be anybody, every member has an account, and who is at the page has
        a conversation with the bot."""

        def lacking(tx: Tx) -> bool:
            if local_visitors.without_account(tx, self.home_id):
                return True
            direct = local_chat.conversation(tx, self.home_id, f"d-{account}")
            return bool(account) and direct is None

        def give(tx: Tx) -> None:
            visitors.give_accounts(tx, self.home_id)
            tx.flush()
            if visitors.visitor(tx, self.home_id, account):
                self.platform.direct(tx, account)

        if await self.store.read(lacking):
            await self.store.write(give)

    def visitor(self, tx: Tx, account: str) -> Visitor:
        who = visitors.visitor(tx, self.home_id, account)
        if who is None:
            raise Problem(404, "This person is not here any more. Please choose who you are.")
        return who

    def conversation(self, tx: Tx, who: Visitor, place: str) -> LocalConversation:
        """A conversation that this person may see; there is no telling others that it exists."""
        row = local_chat.conversation(tx, self.home_id, place)
        if row is None or not visitors.may_see(tx, who, row):
            raise Problem(404, "This conversation is not here, or it is not for you.")
        return row

    def message(
        self,
        tx: Tx,
        who: Visitor,
        place: LocalConversation,
        message_id: str,
        *,
        deleted: bool = False,
    ) -> LocalMessage:
        """A message that this person may see."""
        row = tx.get(LocalMessage, message_id)
        if row is None or row.conversation_id != place.id or (row.deleted_at and not deleted):
            raise Problem(410, "That message is not there any more.")
        if row.only_for is not None and row.only_for not in who.accounts:
            raise Problem(410, "That message is not there any more.")
        return row
