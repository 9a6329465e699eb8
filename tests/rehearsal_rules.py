"""Checks the JSON of a rehearsal against the promises of the program, from the JSON alone.

    staffroom rehearse --json | python tests/rehearsal_rules.py

prints what is broken, a line each, and fails if anything is. It uses nothing of Staffroom, so that
it cannot share its mistakes.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Report = dict[str, Any]


def check(report: Report) -> list[str]:
    """Everything that is not as it was promised."""
    rules = (
        one_prompt_a_week,
        nothing_in_breaks,
        one_coach_for_each_teacher,
        no_coach_above_capacity,
        one_nudge_a_week,
        no_nudge_for_those_who_wrote_or_are_paused,
        nothing_within_quiet_hours,
        every_webinar_announced,
        keys_are_unique_and_instants_in_order,
    )
    return [broken for rule in rules for broken in rule(report)]


def one_prompt_a_week(report: Report) -> Iterator[str]:
    """Exactly one prompt for each cohort and teaching week that has one, and no other."""
    sent = Counter(
        (one["cohort"], one["week"]) for one in report["deliveries"] if one["kind"] == "prompt"
    )
    wanted = {
        (cohort["id"], week["week"])
        for cohort in report["cohorts"]
        for week in cohort["weeks"]
        if week["prompt"]
    }
    for cohort, week in sorted(wanted | sent.keys()):
        expected = 1 if (cohort, week) in wanted else 0
        if sent[cohort, week] != expected:
            yield f"week {week} of cohort {cohort} has {sent[cohort, week]} prompts"


def nothing_in_breaks(report: Report) -> Iterator[str]:
    """No prompt, agenda, nudge, announcement or webinar between two teaching weeks."""
    calendar = ("prompt", "agenda", "nudge", "announcement", "reminder")
    for cohort in report["cohorts"]:
        zone = ZoneInfo(cohort["zone"])
        spans = [
            (date.fromisoformat(one["first_day"]), date.fromisoformat(one["last_day"]))
            for one in cohort["breaks"]
        ]
        moments = [
            (one["kind"], one["due"], one["key"])
            for one in report["deliveries"]
            if one["kind"] in calendar and one["cohort"] in (cohort["id"], None)
        ]
        moments += [
            ("webinar", one["starts_at"], one["id"])
            for one in report["webinars"]
            if one["cohort"] == cohort["id"]
        ]
        for kind, instant, name in moments:
            day = _moment(instant).astimezone(zone).date()
            if any(first <= day <= last for first, last in spans):
                yield f"{kind} {name} falls into a break, on {day}"


def one_coach_for_each_teacher(report: Report) -> Iterator[str]:
    """Each teacher has exactly one active pair, unless named as unpaired."""
    active = Counter(one["teacher"] for one in report["pairs"] if one["state"] == "active")
    unpaired = {one["id"] for one in report["unpaired"]}
    for member in report["roster"]:
        if member["role"] == "teacher":
            expected = 0 if member["id"] in unpaired else 1
            if active[member["id"]] != expected:
                yield f"{member['name']} has {active[member['id']]} coaches"


def no_coach_above_capacity(report: Report) -> Iterator[str]:
    load = Counter(one["coach"] for one in report["pairs"] if one["state"] == "active")
    for member in report["roster"]:
        if load[member["id"]] > (member["capacity"] or 0):
            yield f"{member['name']} has {load[member['id']]} teachers, {member['capacity']} fit"


def one_nudge_a_week(report: Report) -> Iterator[str]:
    """At most one for each person and calendar week, and for each person and teaching week."""
    nudges = [one for one in report["deliveries"] if one["kind"] == "nudge"]
    for number in (
        Counter((one["people"][0]["id"], one["cohort"], one["week"]) for one in nudges),
        Counter((one["people"][0]["id"], _monday(one["people"][0]["local"])) for one in nudges),
    ):
        for (member, *week), times in number.items():
            if times > 1:
                yield f"{member} was nudged {times} times in {week}"


def no_nudge_for_those_who_wrote_or_are_paused(report: Report) -> Iterator[str]:
    wrote = {
        (one["member"], one["cohort"], one["week"]): _moment(one["published_at"])
        for one in report["reflections"]
    }
    for one in report["deliveries"]:
        if one["kind"] == "nudge":
            at, member = _moment(one["instant"]), one["people"][0]["id"]
            written = wrote.get((member, one["cohort"], one["week"]))
            if written and written <= at:
                yield f"{member} was nudged in week {one['week']} after writing"
            for pause in report["pauses"]:
                if pause["member"] == member and (
                    _moment(pause["from"]) <= at < _moment(pause["until"])
                ):
                    yield f"{member} was nudged in week {one['week']} while paused"


def nothing_within_quiet_hours(report: Report) -> Iterator[str]:
    """No direct message, and none to a pair, while somebody there has quiet hours."""
    quiet = {one["id"]: one for one in report["roster"]}
    for one in report["deliveries"]:
        for person in one["people"]:
            member = quiet[person["id"]]
            local = _moment(one["instant"]).astimezone(ZoneInfo(member["zone"]))
            if _within(f"{local:%H:%M}", member["quiet_from"], member["quiet_until"]):
                yield f"{one['key']} reached {member['name']} at {local:%H:%M}"


def every_webinar_announced(report: Report) -> Iterator[str]:
    """Each webinar that has begun was announced before it did."""
    announced = {
        (one["cohort"], one["week"]): one["instant"]
        for one in report["deliveries"]
        if one["kind"] == "announcement"
    }
    for week, instant in list(announced.items()):
        announced.setdefault((None, week[1]), instant)
    until = report["rehearsal"]["until"]
    for one in report["webinars"]:
        if one["state"] == "scheduled" and one["starts_at"] <= until:
            told = announced.get((one["cohort"], one["week"])) or announced.get((None, one["week"]))
            if told is None or told >= one["starts_at"]:
                yield f"the webinar of week {one['week']} was not announced in time"


def keys_are_unique_and_instants_in_order(report: Report) -> Iterator[str]:
    keys = Counter(one["key"] for one in report["deliveries"])
    for key, times in keys.items():
        if times > 1:
            yield f"{key} was sent {times} times"
    instants = [one["instant"] for one in report["deliveries"]]
    if instants != sorted(instants):
        yield "the deliveries are not in the order of their instants"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _monday(local: str) -> date:
    day = datetime.fromisoformat(local).date()
    return day - timedelta(days=day.weekday())


def _within(clock: str, start: str, end: str) -> bool:
    if start <= end:
        return start <= clock < end
    return clock >= start or clock < end


if __name__ == "__main__":
    broken = check(json.load(sys.stdin))
    print("\n".join(broken) if broken else "Every promise is kept.")
    sys.exit(bool(broken))
