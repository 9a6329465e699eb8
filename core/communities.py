"""Founding a community, with its program, its first cohort and its first organizer."""

from dataclasses import dataclass
from datetime import date, datetime

from core import claims, program_load, weeks
from core.errors import UserError
from core.faults import nearest
from storage import communities
from storage.cohorts import Cohort
from storage.communities import Community
from storage.database import Tx
from storage.members import Member
from storage.words import MemberState, Role


@dataclass(frozen=True)
class Founding:
    """What must be known to found a community. `starts_on` may be any day of week 1."""

    name: str
    zone: str  # IANA name
    program: str  # name of a shipped program, unless `program_text` has another
    starts_on: date
    organizer: str
    email: str
    cohort: str = "Cohort 1"
    program_text: str | None = None


@dataclass(frozen=True)
class Founded:
    community: Community
    cohort: Cohort
    organizer: Member
    code: str  # makes its bearer the organizer, once


def found(tx: Tx, wanted: Founding, now: datetime) -> Founded:
    """Found a community with the shipped programs, and bind this transaction to it.

    Raises UserError for an unknown program, and FaultyFile for a text with faults.
    """
    texts = program_load.shipped()
    if wanted.program_text is None and wanted.program not in texts:
        close = nearest(wanted.program, texts)
        mend = f"Did you mean {close}?" if close else f"Choose one of: {', '.join(texts)}."
        raise UserError(f'There is no program "{wanted.program}". {mend}', {"program": mend})
    community = communities.found(
        tx, Community(id="", name=wanted.name, zone=wanted.zone, created_at=now)
    )
    tx.flush()
    loaded = {name: program_load.load(tx, text, now).stored for name, text in texts.items()}
    if wanted.program_text is not None:
        program = program_load.load(tx, wanted.program_text, now).stored
    else:
        program = loaded[wanted.program]
    cohort = tx.add(
        Cohort(
            name=wanted.cohort,
            program_id=program.id,
            starts_on=weeks.monday_of(wanted.starts_on),
            created_at=now,
        )
    )
    organizer = tx.add(
        Member(
            name=wanted.organizer,
            email=wanted.email.strip().lower(),
            role=Role.ORGANIZER,
            state=MemberState.INVITED,
        )
    )
    tx.flush()
    return Founded(community, cohort, organizer, claims.issue(tx, organizer, now))
