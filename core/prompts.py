"""Prompts: when each goes out, and what organizers change about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from core import posts, times, weeks
from core.chat import Purpose
from core.errors import UserError
from core.kinds import Kind
from core.posts import Post
from core.program import Week
from core.programs import Standing
from storage import cohorts, communities
from storage.cohorts import Cohort, WeekChange
from storage.communities import Home
from storage.database import Tx
from storage.words import DeliveryState

GIVEN_UP = (DeliveryState.EXPIRED, DeliveryState.FAILED)


class PromptState(Enum):
    """Where a week's prompt is."""

    SENT = "posted"
    PLANNED = "planned"
    SKIPPED = "skipped"
    NOT_SENT = "not sent"  # it failed, or the bot was away for too long
    NONE = "no prompt"


@dataclass(frozen=True)
class WeekPrompt:
    """The prompt of one week, as a cohort gets it."""

    week: Week
    at: datetime  # when it goes out, or went out
    text: str  # "" for a week without one
    state: PromptState
    changed: bool = False  # an organizer rewrote it


def post_of(cohort_id: str, number: int) -> Post:
    """The prompt of a week in the reflections channels. The planner puts it there."""
    return Post(
        Kind.PROMPT,
        f"prompt:{cohort_id}:week-{number}",
        Purpose.REFLECTIONS,
        {"cohort": cohort_id, "week": str(number)},
    )


def posts_at(standing: Standing, number: int, changes: Mapping[int, WeekChange]) -> datetime:
    """When the prompt of a week goes out."""
    change = changes.get(number)
    if change and change.post_at:
        return change.post_at
    week = weeks.week_numbered(standing.program, standing.cohort.starts_on, number)
    if week is None:
        raise LookupError(f"no week {number}")
    return weeks.moment(week.monday, standing.program.rhythm.prompt, standing.zone)


def of_week(tx: Tx, standing: Standing, number: int) -> WeekPrompt:
    """The prompt of one week. Raises UserError for a week that the program does not have."""
    week = need_week(standing, number)
    changes = cohorts.changes(tx, standing.cohort.id)
    change = changes.get(number)
    text = (change.prompt if change and change.prompt else None) or week.prompt or ""
    slots = posts.deliveries_of(tx, post_of(standing.cohort.id, number))
    if posts.gone_out(slots):
        state = PromptState.SENT
    elif change and change.skipped:
        state = PromptState.SKIPPED
    elif not text:
        state = PromptState.NONE
    else:
        over = any(slot.state in GIVEN_UP for slot in slots.values())
        state = PromptState.NOT_SENT if over else PromptState.PLANNED
    return WeekPrompt(
        week=week,
        at=posts_at(standing, number, changes),
        text=text,
        state=state,
        changed=bool(change and change.prompt),
    )


def upcoming(tx: Tx, standing: Standing, how_many: int = 4) -> list[WeekPrompt]:
    """The prompts of this week, if it is a teaching week, and those that follow."""
    first = current_number(standing)
    if standing.position.over:
        return []
    last = min(first + how_many - 1, len(standing.program.weeks))
    return [of_week(tx, standing, number) for number in range(first, last + 1)]


def current_number(standing: Standing) -> int:
    """The week under way; in a break or before the start the next one, after the end the last."""
    here = standing.position.week or standing.position.following
    return here.number if here else len(standing.program.weeks)


def need_week(standing: Standing, number: int) -> Week:
    """A week of the program. Raises UserError when it has none with this number."""
    week = standing.program.week(number)
    if week is None:
        raise UserError(
            f"{standing.cohort.name} has weeks 1 to {len(standing.program.weeks)}, "
            f"and no week {number}.",
            {"week": f"Week is between 1 and {len(standing.program.weeks)}."},
        )
    return week


def edit(tx: Tx, standing: Standing, number: int, text: str, now: datetime) -> WeekPrompt:
    """Give a week's prompt new words, also where it was posted already."""
    need_week(standing, number)
    _change(tx, standing.cohort, number).prompt = text
    posts.revise(tx, post_of(standing.cohort.id, number), now)
    communities.replan(tx)
    return of_week(tx, standing, number)


def skip(tx: Tx, standing: Standing, number: int) -> WeekPrompt:
    """Leave a week without its prompt. Raises UserError when people have it already."""
    prompt = of_week(tx, standing, number)
    if prompt.state is PromptState.SENT:
        raise UserError(
            f"The prompt of week {number} was posted on {times.plain(prompt.at, standing.zone)}, "
            "so it cannot be skipped any more. You can change its words with `/prompt edit`."
        )
    if prompt.state is PromptState.NONE:
        raise UserError(f"Week {number} has no prompt in the program: there is nothing to skip.")
    change = _change(tx, standing.cohort, number)
    change.skipped, change.post_at = True, None
    communities.replan(tx)
    return of_week(tx, standing, number)


def unskip(tx: Tx, standing: Standing, number: int, now: datetime) -> WeekPrompt:
    """Take a skip back. If its moment has passed meanwhile, the prompt goes out now."""
    prompt = of_week(tx, standing, number)
    if prompt.state is not PromptState.SKIPPED:
        raise UserError(f"The prompt of week {number} is not skipped: {prompt.state.value}.")
    change = _change(tx, standing.cohort, number)
    change.skipped = False
    change.post_at = now if prompt.at <= now else None
    communities.replan(tx)
    return of_week(tx, standing, number)


def post_now(tx: Tx, standing: Standing, number: int, now: datetime, home: Home) -> WeekPrompt:
    """Post a week's prompt without waiting for its moment, also one that was skipped, or that did
    not get through. It goes to every home where it does not stand; `home` is where it is asked.

    Raises UserError where it stands there already, or has no channel there.
    """
    prompt = of_week(tx, standing, number)
    if not home.serves(Purpose.REFLECTIONS):
        raise UserError(
            f"{home.name} has no channel for reflections, where prompts are posted. Have one made "
            "with `/settings create-channels`, or choose one with `/settings channels`."
        )
    here = posts.deliveries_of(tx, post_of(standing.cohort.id, number)).get(home.id)
    if here is not None and here.state in posts.ON_ITS_WAY:
        raise UserError(
            f"The prompt of week {number} is in the reflections channel of {home.name} already, "
            f"since {times.plain(here.due_at, standing.zone)}."
        )
    if not prompt.text:
        raise UserError(
            f"Week {number} has no prompt in the program. Write one with `/prompt edit`, "
            "then post it."
        )
    change = _change(tx, standing.cohort, number)
    change.skipped, change.post_at = False, now
    communities.replan(tx)
    return of_week(tx, standing, number)


def _change(tx: Tx, cohort: Cohort, number: int) -> WeekChange:
    known = cohorts.change(tx, cohort.id, number)
    return known or tx.add(WeekChange(cohort_id=cohort.id, week=number))
