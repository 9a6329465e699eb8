"""Claim codes: whoever types one becomes the member it was made for. Each works once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from core.errors import UserError
from storage import members
from storage.database import ALPHABET, Tx
from storage.members import ClaimCode, Member
from storage.words import MemberState, Role

LENGTH = 12  # letters and digits that cannot be mistaken for each other: 59 bits
ORGANIZER_LIFETIME = timedelta(days=7)
LIFETIME = timedelta(days=30)
REFUSED = (
    "This code does not work. It may be mistyped, used already, or too old. "
    "Ask an organizer for a new one; where Staffroom runs, `staffroom roster code EMAIL` makes it."
)


def issue(tx: Tx, member: Member, now: datetime) -> str:
    """A new code for a member, as it is shown to people; earlier ones stop working.

    Only its hash is kept. It lasts 30 days, that of an organizer 7.
    """
    for earlier in members.claim_codes(tx, member.id):
        if earlier.used_at is None:
            tx.delete(earlier)
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)).upper()
    lifetime = ORGANIZER_LIFETIME if member.role == Role.ORGANIZER else LIFETIME
    tx.add(
        ClaimCode(
            member_id=member.id,
            code_hash=_hash(code),
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def redeem(tx: Tx, code: str, now: datetime) -> Member:
    """The member that a code was made for; the code is used up.

    Raises UserError, always in the same words, so that nothing is learned by guessing.
    """
    claim = members.use_claim_code(tx, _hash(code), now)
    member = tx.get(Member, claim.member_id) if claim else None
    if member is None or member.state == MemberState.LEFT:
        raise UserError(REFUSED, {"code": REFUSED})
    return member


def _hash(code: str) -> str:
    """SHA-256 of the code as people may type it: any case, any dashes and spaces."""
    typed = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(typed.encode()).hexdigest()
