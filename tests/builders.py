"""Builders of rows for tests: plainly demo data, with defaults that say nothing special."""

from datetime import UTC, date, datetime
from typing import Any

from core.chat import Purpose
from storage.cohorts import Cohort
from storage.communities import Home
from storage.database import Tx
from storage.members import Account, Member
from storage.pairs import Pair
from storage.programs import StoredProgram
from storage.words import MemberState, PairState, Role

MONDAY = date(2026, 8, 31)  # week 1 of the cohort that `cohort` builds
JOINED = datetime(2026, 8, 3, 12, tzinfo=UTC)

SMALL_PROGRAM = """\
name: small
title: A Small Program
framework: nsq-teaching-2019
orientation:
  - {step: hello, title: Say hello, days_before: 5, text: Write two lines about yourself.}
  - {step: profile, title: Your profile, days_before: 3, text: Fill in your profile.}
breaks:
  - {name: Fall break, after_week: 2, weeks: 1}
weeks:
  - week: 1
    theme: First days
    standard: A
    prompt: What surprised you in your first week?
    webinar: {title: Starting well, abstract: How to begin.}
    agenda: [What went well?, What was hard?, What is next?]
  - week: 2
    theme: First voices
    standard: C
    prompt: Whose voice did you not hear this week?
    webinar: {title: Hearing everyone, abstract: How to listen.}
    agenda: [Who spoke?, Who did not?, What will you try?]
  - week: 3
    theme: First feedback
    standard: G
    prompt: Which comment of yours changed a student's work?
    webinar: {title: Feedback that lands, abstract: How to comment.}
    agenda: [What did you write?, What came back?, What is next?]
"""


def home(tx: Tx, platform: str = "local", **values: Any) -> Home:
    values.setdefault("channels", {purpose.value: f"c-{purpose}" for purpose in Purpose})
    return tx.add(Home(platform=platform, external_id=platform, name=platform.title(), **values))


def program(tx: Tx, text: str = SMALL_PROGRAM, name: str = "small") -> StoredProgram:
    row = tx.add(StoredProgram(name=name, title=name, text=text, loaded_at=JOINED))
    tx.flush()
    return row


def cohort(tx: Tx, of: StoredProgram, name: str = "Cohort 1", **values: Any) -> Cohort:
    values.setdefault("starts_on", MONDAY)
    values.setdefault("created_at", JOINED)
    row = tx.add(Cohort(name=name, program_id=of.id, **values))
    tx.flush()
    return row


def member(tx: Tx, name: str, role: Role = Role.TEACHER, **values: Any) -> Member:
    values.setdefault("email", f"{name.split(maxsplit=1)[0].lower()}@example.org")
    values.setdefault("state", MemberState.ACTIVE)
    values.setdefault("joined_at", JOINED)
    row = tx.add(Member(name=name, role=role, **values))
    tx.flush()
    return row


def account(tx: Tx, of: Member, at: Home, **values: Any) -> Account:
    values.setdefault("external_id", f"u-{of.id}")
    return tx.add(Account(member_id=of.id, home_id=at.id, name=of.name, **values))


def pair(tx: Tx, teacher: Member, coach: Member, **values: Any) -> Pair:
    values.setdefault("state", PairState.ACTIVE)
    values.setdefault("created_at", JOINED)
    values.setdefault("started_at", JOINED)
    row = tx.add(Pair(teacher_id=teacher.id, coach_id=coach.id, **values))
    tx.flush()
    return row
