"""A rehearsal at a glance: a row for each week, what comes when, totals, warnings."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from bot.rehearsal_report import Facts, Report
from core import times, weeks
from core.kinds import Kind
from core.program import WEEKDAYS
from core.programs import Standing
from core.wording import count
from storage.history import Past
from storage.words import Act, DeliveryState, MemberState, Role, WebinarState

COLUMNS = {
    "prompts": "Prompts",
    "reflections": "Answers",
    "webinars": "Webinars",
    "agendas": "Agendas",
    "direct": "Direct",
    "nudges": "Nudges",
    "shifts": "Shifts",
    "all": "All",
}
COUNTED = {
    Kind.PROMPT: "prompts",
    Kind.REFLECTION: "reflections",
    Kind.AGENDA: "agendas",
    Kind.NUDGE: "nudges",
}
WHO = {
    Kind.PROMPT: "the reflections channel",
    Kind.NUDGE: "teachers who have not written",
    Kind.REFLECTION: "the reflections channel",
    Kind.REFLECTION_SHARED: "the author's coach",
    Kind.ANNOUNCEMENT: "the webinars channel",
    Kind.REMINDER: "those who said they will come",
    Kind.AGENDA: "each pair",
    Kind.SUMMARY: "each coach",
    Kind.INTRODUCTION: "both sides of a new pair",
    Kind.ORIENTATION: "each teacher, step by step",
    Kind.WELCOME: "everybody who arrives",
    Kind.NOTICE: "organizers",
}


@dataclass
class WeekRow:
    """What happens from one Monday to the next, on the first cohort's calendar.

    `direct` counts all direct messages, nudges among them; `shifts` how often one waited for the
    end of quiet hours.
    """

    label: str
    monday: date
    counts: Counter[str] = field(default_factory=Counter)

    def facts(self) -> Facts:
        return {
            "label": self.label,
            "monday": self.monday.isoformat(),
            **{name: self.counts[name] for name in COLUMNS},
        }


def week_rows(report: Report) -> list[WeekRow]:
    """A row for every calendar week from the first delivery to the last, breaks included."""
    if not report.standings:
        return []
    standing = report.standings[0]
    zone = ZoneInfo(standing.zone)
    rows: dict[date, WeekRow] = {}

    def counts(at: datetime) -> Counter[str]:
        monday = weeks.monday_of(at.astimezone(zone).date())
        if monday not in rows:
            rows[monday] = WeekRow(_label(standing, monday), monday)
        return rows[monday].counts

    for one in report.sent:
        assert one.sent_at is not None
        here = counts(one.sent_at)
        here["all"] += 1
        here["shifts"] += one.shifts
        here["direct"] += one.conversation.startswith("direct:")
        if one.act is Act.POST and Kind(one.kind) in COUNTED:
            here[COUNTED[Kind(one.kind)]] += 1
    for session in report.sessions:
        if session.state is WebinarState.SCHEDULED and session.starts_at <= report.until:
            counts(session.starts_at)["webinars"] += 1
    if rows:
        monday, last = min(rows), max(rows)
        while monday < last:
            rows.setdefault(monday, WeekRow(_label(standing, monday), monday))
            monday += timedelta(weeks=1)
    return [rows[monday] for monday in sorted(rows)]


def _label(standing: Standing, monday: date) -> str:
    """The teaching week or the break that begins on this Monday."""
    starts_on = standing.cohort.starts_on
    for week in weeks.teaching_weeks(standing.program, starts_on):
        if week.monday == monday:
            return f"Week {week.number}"
    for name, first, last in weeks.breaks(standing.program, starts_on):
        if first <= monday <= last:
            return name
    return "Orientation" if monday < starts_on else "Afterward"


def totals(report: Report) -> dict[str, int]:
    sent = report.sent
    kinds = Counter(one.kind for one in sent if one.act is Act.POST)
    people = Counter(one.role for one in report.people.values())
    today = report.until.date()
    skipped = {
        span
        for standing in report.standings
        for span in weeks.breaks(standing.program, standing.cohort.starts_on)
        if span[1] <= today
    }
    return {
        "teachers": people[Role.TEACHER],
        "coaches": people[Role.COACH],
        "pairs": len(report.couples),
        "deliveries": len(sent),
        "prompts": kinds[Kind.PROMPT],
        "reflections": len(report.facts["reflections"]),
        "direct_messages": sum(one.conversation.startswith("direct:") for one in sent),
        "webinars": sum(
            one.state is WebinarState.SCHEDULED and one.starts_at <= report.until
            for one in report.sessions
        ),
        "nudges": kinds[Kind.NUDGE],
        "shifts_for_quiet_hours": sum(one.shifts for one in report.past),
        "skipped_breaks": len(skipped),
        "not_sent": sum(
            one.state not in (DeliveryState.SENT, DeliveryState.PLANNED) for one in report.past
        ),
    }


def by_kind(report: Report) -> list[Facts]:
    """Each kind of delivery: to whom, how many, and its most usual planned moment."""
    zone = ZoneInfo(report.standings[0].zone) if report.standings else ZoneInfo("UTC")
    moments: dict[str, Counter[str]] = {}
    for one in report.sent:
        due = one.due_at.astimezone(zone)
        usual = f"{WEEKDAYS[due.weekday()]} {due:%H:%M}"
        moments.setdefault(one.kind, Counter())[usual] += 1
    found = []
    for kind in sorted(moments, key=lambda kind: list(Kind).index(Kind(kind))):
        number = moments[kind].total()
        usual, times = min(moments[kind].items(), key=lambda item: (-item[1], item[0]))
        found.append(
            {
                "kind": kind,
                "to": WHO.get(Kind(kind), "whom it concerns"),
                "usually": usual if times * 2 > number else "at various times",
                "sent": number,
            }
        )
    return found


# Warnings


def warnings(report: Report) -> list[str]:
    """What an organizer should look at before this is done with real people."""
    return [
        *_about_places(report.facts["roster"], report.facts["unpaired"]),
        *_about_people(report.facts["roster"]),
        *(text for standing in report.standings for text in _about_weeks(standing)),
        *_about_webinars(report),
        *_about_losses(report.past),
    ]


def _about_places(roster: Sequence[Facts], unpaired: Sequence[Facts]) -> Iterator[str]:
    teachers = sum(one["role"] == Role.TEACHER for one in roster)
    places = sum(one["capacity"] or 0 for one in roster)
    if teachers > places:
        yield (
            f"There are too few coaching places: {places} for {count(teachers, 'teacher')}. "
            "Find another coach, or raise a coach's capacity."
        )
    for one in unpaired:
        yield f"{one['name']} has no coach. {one['reason']}"


def _about_people(roster: Sequence[Facts]) -> Iterator[str]:
    for one in roster:
        if one["role"] == Role.TEACHER and one["cohort"] is None:
            yield f"{one['name']} is in no cohort, and so gets no prompts."
        if one["state"] != MemberState.ACTIVE:
            yield f"{one['name']} never arrived."


def _about_weeks(standing: Standing) -> Iterator[str]:
    program, cohort = standing.program, standing.cohort
    silent = [str(week.week) for week in program.weeks if not week.prompt]
    if silent:
        yield f"{cohort.name} has weeks without a prompt: {', '.join(silent)}."
    spans = weeks.breaks(program, cohort.starts_on)
    used = {name for name, _, _ in spans}
    for pause in program.breaks:
        if pause.name not in used:
            yield f"{pause.name} lies outside the weeks of {cohort.name} and changes nothing."


def _about_webinars(report: Report) -> Iterator[str]:
    """Webinars on a day without school: in a break, or on its last weekend."""
    standings: Mapping[str | None, Standing] = {one.cohort.id: one for one in report.standings}
    for session in report.sessions:
        standing = standings[session.cohort_id]
        day = session.starts_at.astimezone(ZoneInfo(standing.zone)).date()
        dated = [
            (one.name, one.first_day, one.last_day)
            for one in standing.program.breaks
            if one.first_day and one.last_day
        ]
        spans = [*weeks.breaks(standing.program, standing.cohort.starts_on), *dated]
        for name in sorted({name for name, first, last in spans if first <= day <= last}):
            yield f"The webinar “{session.title}” on {day:%A}, {day} falls into {name}."


def _about_losses(past: Sequence[Past]) -> Iterator[str]:
    lost = Counter(
        (one.state.value, one.kind, one.note)
        for one in past
        if one.state in (DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.UNCERTAIN)
    )
    for (state, kind, note), number in sorted(lost.items()):
        plural = f"deliveries of kind “{kind}”"
        yield f"{count(number, f'delivery of kind “{kind}”', plural)} {state}: {note}."


def summary(report: Report) -> Facts:
    """The tables as JSON."""
    return {
        "totals": totals(report),
        "warnings": warnings(report),
        "kinds": by_kind(report),
        "weeks": [row.facts() for row in week_rows(report)],
    }


# Printing

LEGEND = (
    "Direct: all direct messages, nudges among them. Shifts: how often one waited for the end of "
    "quiet hours. All: everything that was sent or changed, to people and to channels; the total "
    "calls it deliveries. A row after the last week has what is still on its way when it ends."
)


def show(report: Report, console: Console) -> None:
    """Print the tables for a person."""
    asked = report.facts["rehearsal"]
    monday = date.fromisoformat(asked["start"])
    console.print(
        f"Played: {asked['program']} from {times.day(monday)}, {monday.year}, in {asked['zone']}. "
        "Choose others with --program, --start and --zone.\n",
        highlight=False,
        markup=False,
    )
    console.print(_weeks_table(report))
    console.print(f"\n{LEGEND}\n", highlight=False)
    console.print(_kinds_table(report), "")
    words = [f"{name.replace('_', ' ')} {number:,}" for name, number in totals(report).items()]
    console.print(f"Totals: {', '.join(words)}.", highlight=False)
    found = warnings(report)
    for text in found:
        console.print(f"Warning: {text}", style="yellow", highlight=False, markup=False)
    if not found:
        console.print("Nothing to warn of.")


def _weeks_table(report: Report) -> Table:
    table = _table("Week by week")
    table.add_column("Week", no_wrap=True)
    table.add_column("Monday", no_wrap=True)
    for heading in COLUMNS.values():
        table.add_column(heading, justify="right", no_wrap=True)
    for row in week_rows(report):
        numbers = [str(row.counts[name] or "") for name in COLUMNS]
        table.add_row(row.label, f"{row.monday:%b} {row.monday.day}", *numbers)
    return table


def _kinds_table(report: Report) -> Table:
    table = _table("Who gets what, and when")
    for heading in ("Kind", "To", "Usually due"):
        table.add_column(heading)
    table.add_column("Sent", justify="right")
    for one in by_kind(report):
        table.add_row(one["kind"].replace("_", " "), one["to"], one["usually"], str(one["sent"]))
    return table


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0), pad_edge=False)
