"""One way to ask for each visible command, with what must be there before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from storage import enrollment, reflections, webinars
from storage.database import Tx
from tests.faculty import TUESDAY, Faculty

CALLED = "901"  # a role of the server on Discord
LIVE = "900"  # a channel that was not chosen before; all ids here are numbers, as on Discord

Before = tuple[tuple[str, str, Mapping[str, str]], ...]
Arg = str | Callable[[Tx, Faculty], str]

BODY = "\n\n".join(
    f"Paragraph {number}: " + "what I tried, what happened and what it showed me. " * 20
    for number in range(1, 7)
)  # seven thousand characters: several inputs on every platform


@dataclass(frozen=True)
class Sample:
    """Who asks what. `before` was asked by others, on whatever platform."""

    args: Mapping[str, Arg] = field(default_factory=dict)
    who: str = "olga"
    before: Before = ()


def _written(tx: Tx, faculty: Faculty) -> str:
    return reflections.by_member(tx, faculty.members["ada"].id)[0].id


def _announced(tx: Tx, faculty: Faculty) -> str:
    return webinars.upcoming(tx, TUESDAY)[0].id


def _asking(tx: Tx, faculty: Faculty) -> str:
    return enrollment.waiting(tx)[0].id


WROTE: Before = (("ada", "reflect write", {"title": "First days", "body": "A few honest lines."}),)
ANNOUNCED: Before = (
    ("olga", "webinar announce", {"title": "Feedback", "when": "2026-09-03 16:00"}),
)
PROPOSED: Before = (("olga", "coach propose", {}),)
PAUSED: Before = (("ada", "profile pause", {}),)
SKIPPED: Before = (("olga", "prompt skip", {"week": "2"}),)
ASKED: Before = (("nora", "enroll", {"name": "Nora Example", "goals": "Learn"}),)

SAMPLES: dict[str, Sample] = {
    "coach approve": Sample(before=PROPOSED),
    "coach drop": Sample({"teacher": "Ben"}, before=PROPOSED),
    "coach end": Sample({"teacher": "Ada", "reason": "A new timetable."}),
    "coach mine": Sample(who="cora"),
    "coach never": Sample({"member": "Ben", "other": "Dan"}),
    "coach pair": Sample({"teacher": "Ben", "coach": "Dan"}),
    "coach pin": Sample({"teacher": "Ben", "keep": "yes"}, before=PROPOSED),
    "coach proposal": Sample({"page": "1"}, before=PROPOSED),
    "coach propose": Sample(),
    "coach swap": Sample(
        {"teacher": "Ada", "other": "Ben"},
        before=(("olga", "coach end", {"teacher": "Ada"}), *PROPOSED),
    ),
    "cohort add": Sample({"member": "Dan Example", "cohort": "Cohort 1"}),
    "cohort create": Sample({"name": "Winter", "program": "small", "start": "2027-01-06"}),
    "cohort end": Sample({"cohort": "Cohort 1", "sure": "yes"}),
    "cohort list": Sample(),
    "cohort show": Sample({"cohort": "Cohort 1"}),
    "enroll": Sample(
        {"name": "Nora Example", "role": "partner", "subjects": "art, music", "zone": "Chicago"},
        who="nora",
    ),
    "member approve": Sample({"member": _asking}, before=ASKED),
    "member decline": Sample({"member": "Nora Example"}, before=ASKED),
    "member list": Sample({"who": "waiting"}, before=ASKED),
    "profile edit": Sample({"zone": "Pacific", "quiet_from": "8pm", "goals": BODY[:900]}, "ada"),
    "profile pause": Sample({"until": "2026-09-20"}, "ada"),
    "profile resume": Sample(who="ada", before=PAUSED),
    "profile show": Sample(who="ada"),
    "program list": Sample(),
    "program show": Sample({"program": "small"}),
    "program week": Sample({"week": "2", "program": "small"}),
    "prompt edit": Sample({"week": "2", "words": BODY[:2_900]}),
    "prompt post": Sample({"week": "1"}),
    "prompt show": Sample(who="ada"),
    "prompt skip": Sample({"week": "2"}),
    "prompt unskip": Sample({"week": "2"}, before=SKIPPED),
    "prompt upcoming": Sample(),
    "reflect comment": Sample(
        {"reflection": _written, "body": "I tried the same, and it took me a term."},
        "ben",
        WROTE,
    ),
    "reflect edit": Sample({"reflection": _written}, "ada", WROTE),
    "reflect mine": Sample(who="ada", before=WROTE),
    "reflect read": Sample({"reflection": _written}, "cora", WROTE),
    "reflect withdraw": Sample({"reflection": _written}, "ada", WROTE),
    "reflect write": Sample({"title": "What I tried", "body": BODY, "audience": "coach"}, "ada"),
    "settings channels": Sample({"purpose": "webinars", "channel": LIVE}),
    "settings cohort-role": Sample({"role": CALLED}),
    "settings create-channels": Sample(),
    "settings quiet": Sample({"start": "20:00", "end": "8am"}),
    "settings reflections": Sample({"where": "everywhere"}),
    "settings rhythm": Sample({"moment": "prompt", "at": "Tuesday 08:00"}),
    "settings roles": Sample({"member": "Ben", "role": "coach", "capacity": "3"}),
    "settings show": Sample(),
    "settings zone": Sample({"zone": "America/Chicago"}),
    "staffroom help": Sample(who="ada"),
    "staffroom orientation": Sample({"step": "hello"}, "ada"),
    "staffroom today": Sample(who="ada", before=(*WROTE, *ANNOUNCED)),
    "webinar announce": Sample(
        {
            "title": "Feedback that lands",
            "when": "2026-09-03 16:00",
            "minutes": "45",
            "link": "https://example.org/live",
            "presenter": "Gus Example",
            "about": BODY[:900],
        }
    ),
    "webinar cancel": Sample({"webinar": _announced}, before=ANNOUNCED),
    "webinar change": Sample(
        {"webinar": _announced, "title": "Feedback, kindly"}, "olga", ANNOUNCED
    ),
    "webinar next": Sample(who="ada", before=ANNOUNCED),
    "webinar past": Sample(who="ada"),
    "webinar recording": Sample({"link": "https://example.org/rec", "webinar": "Gone"}),
}
