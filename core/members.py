"""What members decide about themselves: their zone, their quiet hours, their pauses."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core import pairs, programs
from core.errors import UserError
from core.wording import a
from storage import communities, members
from storage.database import Tx
from storage.members import Account, Member
from storage.words import Role

PAUSE = timedelta(days=14)  # when no end is given
LONGEST_PAUSE = timedelta(days=366)


def quiet_hours(tx: Tx, member: Member) -> tuple[str, str]:
    """From when until when a member is left in peace, in their local time. Equal: never."""
    community = communities.current(tx)
    return (
        member.quiet_from or community.quiet_from,
        member.quiet_until or community.quiet_until,
    )


def edit(tx: Tx, member: Member, changes: Mapping[str, Any], now: datetime) -> None:
    """Change a profile. A zone and quiet hours of None are the community's. A contact is told to
    those who are paired with the member and share no chat with them."""
    news = changes.get("contact", member.contact) not in ("", member.contact)
    for name, value in changes.items():
        setattr(member, name, f"{value:%H:%M}" if isinstance(value, time) else value)
    if news:
        pairs.exchange_contacts(tx, member, now)
    communities.replan(tx)


def pause(tx: Tx, member: Member, until: date | None, now: datetime) -> datetime:
    """Leave a member in peace until that day begins, in their zone; two weeks by default.

    Raises UserError for a day that does not lie ahead, or is more than a year away.
    """
    zone = ZoneInfo(programs.zone_of(tx, member))
    today = now.astimezone(zone).date()
    until = until or today + PAUSE
    if until <= today:
        text = "A pause ends on a day that lies ahead. Give tomorrow or a later day."
        raise UserError(text, {"until": text})
    if until - today > LONGEST_PAUSE:
        text = "A pause lasts a year at most. Give an earlier day; you can pause again then."
        raise UserError(text, {"until": text})
    member.paused_until = datetime.combine(until, time(0), zone).astimezone(UTC)
    communities.replan(tx)
    return member.paused_until


def resume(tx: Tx, member: Member, now: datetime) -> bool:
    """End a pause; False if there was none."""
    if not member.paused(now):
        return False
    member.paused_until = now
    communities.replan(tx)
    return True


def direct_account(tx: Tx, member: Member) -> Account | None:
    """The account that gets direct messages: the chosen one, else the last used."""
    accounts = [one for one in members.accounts(tx, member.id) if one.left_at is None]
    chosen = [one for one in accounts if one.id == member.direct_account_id]
    used = sorted(accounts, key=lambda one: (one.last_used_at is not None, one.last_used_at))
    return next(iter(chosen or used[-1:]), None)


def change_role(tx: Tx, member: Member, role: Role) -> None:
    """Give a member another role. UserError when it would leave nobody to organize."""
    others = [one for one in members.with_role(tx, Role.ORGANIZER) if one.id != member.id]
    if member.role is Role.ORGANIZER and role is not Role.ORGANIZER and not others:
        raise UserError(
            f"{member.name} is the only organizer. Make somebody else an organizer first."
        )
    member.role = role
    communities.replan(tx)


def change_capacity(tx: Tx, member: Member, capacity: int) -> None:
    """Say how many teachers a member can coach. Pairs that they have stay."""
    if member.role not in (Role.COACH, Role.ORGANIZER):
        text = f"{member.name} is {a(member.role.value)}; only coaches have places for teachers."
        raise UserError(text, {"capacity": text})
    member.capacity = capacity
    communities.replan(tx)
