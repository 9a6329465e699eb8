"""Reflections: kept as drafts, published to the audience that the author chose, withdrawn."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core import comments, deliveries, posts, programs
from core.chat import Address, Purpose
from core.deliveries import plan
from core.errors import UserError
from core.kinds import Kind
from core.posts import Post
from storage import communities, outbox, pairs, reflections
from storage.cohorts import Cohort
from storage.communities import Home
from storage.database import Tx
from storage.members import Member
from storage.pairs import Pair
from storage.reflections import Reflection, Revision
from storage.words import Act, Audience, DeliveryState, MemberState, ReflectionState

LONGEST = 20_000  # characters of a reflection


@dataclass(frozen=True)
class Writing:
    """What somebody wrote to a week's prompt. An empty title becomes the week's theme."""

    member: Member
    title: str
    body: str  # CommonMark, as it was typed
    audience: Audience = Audience.COMMUNITY
    home_id: str | None = None  # where it is written; None: in every home


def publish(
    tx: Tx,
    member: Member,
    cohort: Cohort,
    week: int,
    title: str,
    body: str,
    audience: Audience,
    now: datetime,
) -> Reflection:
    """Publish an answer, or what was changed in it. Raises UserError for an unknown week."""
    return publish_all(tx, cohort, week, [Writing(member, title, body, audience)], now)[0]


def publish_all(
    tx: Tx, cohort: Cohort, week: int, writings: Sequence[Writing], now: datetime
) -> list[Reflection]:
    """Publish many members' answers to one prompt, in a few statements.

    Each reaches its audience: the channel of the home where it is written, or of every home if
    the community wants that; or today's coach alone. The coach is told when it is published for
    the first time.
    """
    return _write(tx, cohort, week, writings, ReflectionState.PUBLISHED, now)


def save_draft(tx: Tx, cohort: Cohort, week: int, writing: Writing, now: datetime) -> Reflection:
    """Keep an answer for the author alone; one that was published is taken back from readers."""
    return _write(tx, cohort, week, [writing], ReflectionState.DRAFT, now)[0]


def add_to_draft(tx: Tx, cohort: Cohort, week: int, writing: Writing, now: datetime) -> Reflection:
    """Add a paragraph to a member's draft, or begin one; what was withdrawn is a draft again.

    Raises UserError for what is published, because its readers have it, and for too long a text.
    """
    row = reflections.answer(tx, writing.member.id, cohort.id, week)
    if row is not None and row.state is ReflectionState.PUBLISHED:
        raise UserError(f"“{row.title}” is published already. `/reflect edit` changes it.")
    if row is not None:
        body = f"{row.body}\n\n{writing.body}"
        writing = replace(writing, title=row.title, body=body, audience=row.audience)
    if len(writing.body) > LONGEST:
        raise UserError(
            f"With this, your draft would have {len(writing.body):,} characters; "
            f"at most {LONGEST:,} fit. Please send less, or shorten it with `/reflect edit`."
        )
    return save_draft(tx, cohort, week, writing, now)


def discard(tx: Tx, row: Reflection) -> None:
    """Forget a draft. Raises UserError for what has readers, or had them and was withdrawn."""
    if row.state is not ReflectionState.DRAFT:
        raise UserError(f"“{row.title}” is {row.state}, and no draft that could be discarded.")
    reflections.remove(tx, row)


def withdraw(tx: Tx, row: Reflection, now: datetime) -> None:
    """Take a published reflection back from its readers; the author keeps the text.

    Raises UserError when there is nothing to take back.
    """
    if row.state is ReflectionState.DRAFT:
        raise UserError(f"“{row.title}” is a draft: nobody but you has ever seen it.")
    if row.state is ReflectionState.WITHDRAWN:
        raise UserError(f"“{row.title}” is withdrawn already. Nobody but you can read it.")
    row.state, row.changed_at = ReflectionState.WITHDRAWN, now
    _take_back(tx, row, now)
    _take_back_from_coaches(tx, row, now)


def may_read(tx: Tx, reader: Member, row: Reflection) -> bool:
    """Whether a reflection reaches this member: the audience that its author chose decides.

    What is for the coach alone is for the one who was the coach when it was published, for as
    long as they are; whoever coaches the author later does not get it.
    """
    if reader.state is not MemberState.ACTIVE:
        return False
    if row.member_id == reader.id:
        return True
    if row.state is not ReflectionState.PUBLISHED:
        return False
    if row.audience is Audience.COMMUNITY:
        return True
    return row.coach_id == reader.id == _coach_of(tx, row.member_id)


def readable(
    tx: Tx,
    reader: Member,
    *,
    author: Member | None = None,
    week: int | None = None,
    limit: int = 25,
) -> Sequence[Reflection]:
    """The published reflections that reach this member, newest first."""
    taught = [pair.teacher_id for pair in pairs.of_coach(tx, reader.id)]
    return reflections.readable(
        tx,
        reader.id,
        taught,
        author_id=author.id if author else None,
        week=week,
        limit=limit,
    )


def coach_hears(tx: Tx, row: Reflection) -> bool:
    """Whether a message about this is on its way to today's coach; each hears of it once."""
    key = deliveries.key("reflection-shared", row.id, _coach_of(tx, row.member_id))
    return any(slot.state == DeliveryState.PLANNED for slot in outbox.slots(tx, [key]).values())


def word_count(text: str) -> int:
    return len(text.split())


def post_of(row: Reflection, only_in: str | None = None) -> Post:
    """A reflection in the reflections channels, as it was posted last."""
    return Post(
        Kind.REFLECTION,
        f"reflection:{row.id}:{row.posted}",
        Purpose.REFLECTIONS,
        {"reflection": row.id},
        only_in,
    )


def shown_in(tx: Tx, row: Reflection) -> list[Home]:
    """The homes in whose channels a reflection for everybody is posted: the one where it was
    written, unless the community wants it in all, or that one has no channel for it."""
    return _among(row, _homes(tx), everywhere=communities.current(tx).spread_reflections)


def _homes(tx: Tx) -> list[Home]:
    return [home for home in communities.homes(tx) if home.serves(Purpose.REFLECTIONS)]


def _among(row: Reflection, homes: list[Home], *, everywhere: bool) -> list[Home]:
    written = [home for home in homes if home.id == row.home_id]
    return homes if everywhere or not written else written


def _write(
    tx: Tx,
    cohort: Cohort,
    week: int,
    writings: Sequence[Writing],
    state: ReflectionState,
    now: datetime,
) -> list[Reflection]:
    program = programs.program_of(tx, cohort)
    plan_of_week = program.week(week)
    if plan_of_week is None:
        raise UserError(f"{cohort.name} has weeks 1 to {len(program.weeks)}, and no week {week}.")
    authors = [one.member.id for one in writings]
    known = reflections.answers(tx, authors, cohort.id, week)
    paired = pairs.of_teachers(tx, authors) if state is ReflectionState.PUBLISHED else {}
    rows, said, fresh = [], [], []
    for writing in writings:
        row = known.get(writing.member.id)
        if row is None:
            row = tx.add(
                Reflection(
                    member_id=writing.member.id,
                    cohort_id=cohort.id,
                    week=week,
                    framework=program.framework,
                    standard=plan_of_week.standard,
                    title="",
                    body="",
                    changed_at=now,
                )
            )
        new_to_readers = state is ReflectionState.PUBLISHED and row.state is not state
        if _rewrite(row, writing, plan_of_week.theme, again=new_to_readers, now=now):
            said.append(_revision(row))
        if new_to_readers:
            row.published_at = now
        row.home_id = writing.home_id or row.home_id
        pair = paired.get(row.member_id) if row.audience is Audience.COACH else None
        before, row.coach_id = row.coach_id, pair.coach_id if pair else None
        if new_to_readers or row.coach_id not in (None, before):
            fresh.append(row)
        if row.state is ReflectionState.PUBLISHED and state is ReflectionState.DRAFT:
            _take_back_from_coaches(tx, row, now)
        row.state = state
        rows.append(row)
    _show(tx, rows, {revision.reflection_id for revision in said}, now)
    tx.flush()  # revisions refer to their reflections
    for revision in said:
        tx.add(revision)
    _tell_coaches(tx, fresh, paired, now)
    return rows


def _rewrite(row: Reflection, writing: Writing, theme: str, *, again: bool, now: datetime) -> bool:
    """Write it into the row; answers whether that makes a new revision.

    `again`: it goes to readers. Those who had it once get it as a new revision, even if the words
    are the same, because the key of a post is never used twice.
    """
    title = writing.title or theme
    same = (row.title, row.body, row.audience) == (title, writing.body, writing.audience)
    if same and not (again and row.published_at):
        return False
    row.title, row.body, row.audience = title, writing.body, writing.audience
    row.revision += 1
    row.changed_at = now
    return True


def _revision(row: Reflection) -> Revision:
    return Revision(
        reflection_id=row.id,
        number=row.revision,
        title=row.title,
        body=row.body,
        audience=row.audience,
        at=row.changed_at,
    )


def _show(tx: Tx, rows: Sequence[Reflection], changed: Collection[str], now: datetime) -> None:
    """Make the channels show what they should of these, and no more."""
    new: list[Post] = []
    homes, everywhere = _homes(tx), communities.current(tx).spread_reflections
    for row in rows:
        shown = row.state is ReflectionState.PUBLISHED and row.audience is Audience.COMMUNITY
        if not shown:
            _take_back(tx, row, now)
        elif not row.posted:
            row.posted = row.revision
            there = _among(row, homes, everywhere=everywhere)
            new += [post_of(row, home.id) for home in there]
        elif row.id in changed:
            posts.revise(tx, post_of(row), now)
    posts.put(tx, new, now)


def _take_back(tx: Tx, row: Reflection, now: datetime) -> None:
    if row.posted:
        comments.take_back_posts(tx, row, now)
        posts.take_back(tx, post_of(row), now, "withdrawn")
        row.posted = 0


def _take_back_from_coaches(tx: Tx, row: Reflection, now: datetime) -> None:
    """Take back the messages that quote it to coaches; they are not told of it again."""
    told = outbox.slots_under(tx, f"reflection-shared:{row.id}:")
    planned = [slot.id for slot in told if slot.state == DeliveryState.PLANNED]
    outbox.cancel_all(tx, planned, "withdrawn")
    stems = [slot.key.rpartition(":")[0] for slot in told if slot.state in posts.ON_ITS_WAY]
    outbox.put(
        tx,
        [
            plan(
                Kind.REFLECTION_SHARED,
                f"delete:{stem}",
                Address("direct", stem.rpartition(":")[2]),
                now,
                {"reflection": row.id, "of": stem},
                act=Act.DELETE,
                seq=1,
            )
            for stem in stems
        ],
    )


def _tell_coaches(
    tx: Tx, rows: Sequence[Reflection], paired: Mapping[str, Pair], now: datetime
) -> None:
    """One message for each reflection to the author's coach, where there is one."""
    posts.wish(
        tx,
        [
            plan(
                Kind.REFLECTION_SHARED,
                f"reflection-shared:{row.id}:{pair.coach_id}",
                Address("direct", pair.coach_id),
                now,
                {"reflection": row.id},
            )
            for row in rows
            if (pair := paired.get(row.member_id))
        ],
    )


def _coach_of(tx: Tx, teacher_id: str) -> str | None:
    pair = pairs.of_teacher(tx, teacher_id)
    return pair.coach_id if pair else None
