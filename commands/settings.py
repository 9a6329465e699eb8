"""`/settings`: for organizers, channels, the weekly rhythm, quiet hours, zone and roles."""

from datetime import time
from enum import StrEnum
from typing import Annotated

from commands.cohort import CohortPick, chosen
from commands.params import Channel, OneOf, PlatformRole, Somebody, Text, TimeOfDay, Whole, Zone
from commands.registry import Call, command
from core import cohorts, homes, places, programs, settings
from core import members as member_rules
from core.chat import Message, Purpose
from core.cohorts import MOMENTS
from core.errors import UserError
from core.wording import a, listed
from storage import communities, members
from storage.communities import Home
from storage.members import Member
from storage.words import Role

ROLES = tuple((role.value, role.value.capitalize()) for role in Role)


class Where(StrEnum):
    """Where reflections for everybody are posted."""

    WRITTEN = "where-written"
    EVERYWHERE = "everywhere"


WHERE = (
    (Where.WRITTEN.value, "Where they are written"),
    (Where.EVERYWHERE.value, "In every place"),
)
_IF_NOT = "It says there what it is for; if I may not make it, I write to you."
MOMENT_NAMES = tuple((name, name.capitalize()) for name in MOMENTS)


@command(
    "settings show", help="How the community is set", least=Role.ORGANIZER, reads=True, default=True
)
def show(call: Call) -> Message:
    """Zone, quiet hours, channels of each home, rhythm of each cohort."""
    community = communities.current(call.tx)
    fields = [
        ("Time zone", community.zone.replace("_", " ")),
        ("Quiet hours", quiet_words(community.quiet_from, community.quiet_until)),
    ]
    for home in communities.homes(call.tx):
        named = [_channel_words(home, purpose) for purpose in Purpose]
        fields.append((f"Channels of {home.name} ({home.platform})", ", ".join(named)))
    for standing in programs.all_standings(call.tx, call.now):
        rhythm = standing.program.rhythm
        moments = ", ".join(f"{name} {getattr(rhythm, name)}" for name in MOMENTS)
        fields.append((f"Rhythm of {standing.cohort.name}", moments))
    return Message(
        "Change them with `/settings channels`, `create-channels`, `cohort-role`, `reflections`, "
        "`rhythm`, `quiet`, `zone` and `roles`.",
        title=f"Settings of {community.name}",
        fields=tuple(fields),
    )


@command("settings channels", help="Choose a channel", least=Role.ORGANIZER, form=True)
def channels(
    call: Call,
    purpose: Annotated[Purpose, OneOf("Purpose", "What is posted there", Purpose)],
    channel: Annotated[str | None, Channel("Channel", "A channel of this place")] = None,
    name: Annotated[
        str | None, Text("New channel", "Or the name of a new channel", settings.NAME_LENGTH)
    ] = None,
) -> Message:
    """From now on this purpose goes there, in the home where it is asked."""
    home = call.home
    if (channel is None) is (name is None):
        text = "Pick a channel, or give the name of a new one: one of the two."
        raise UserError(text, {"channel": text})
    if channel is not None:
        settings.choose_channel(call.tx, home, purpose, channel, call.now)
        return Message(f"What is about {purpose.value} goes to that channel of {home.name} now.")
    made = settings.wish_for_channel(call.tx, home, purpose, name or "", call.now)
    return Message(
        f"I make the channel **{made}** in {home.name} and post there what is about "
        f"{purpose.value}. {_IF_NOT}"
    )


@command(
    "settings create-channels",
    help="Create a channel for every purpose that has none",
    least=Role.ORGANIZER,
)
def create_channels(call: Call) -> Message:
    """All at once, in the home where it is asked."""
    made = settings.wish_for_missing(call.tx, call.home, call.now)
    if not made:
        return Message(f"In {call.home.name} there is a channel for every purpose already.")
    names = listed([f"**{name}**" for name in made])
    return Message(f"I make {names} in {call.home.name}. {_IF_NOT}")


@command("settings cohort-role", help="Whom prompts call", least=Role.ORGANIZER)
def cohort_role(
    call: Call,
    role: Annotated[
        str | None, PlatformRole("Role", "Of this server; left out: prompts call nobody")
    ] = None,
    cohort: CohortPick | None = None,
) -> Message:
    """In the home where it is asked, each prompt of the cohort mentions this role, once."""
    which = chosen(call, cohort)
    call.home.calls(which.id, role)
    if role is None:
        return Message(f"Prompts of {which.name} call nobody in {call.home.name} now.")
    return Message(
        f"Each prompt of {which.name} mentions that role in {call.home.name} from now on. It rings "
        "only if the role allows it: Server Settings, Roles, *Allow anyone to @mention this role*."
    )


@command(
    "settings reflections", help="Where reflections are posted", least=Role.ORGANIZER, form=True
)
def reflections(
    call: Call,
    where: Annotated[Where, OneOf("Where", "For a community in several places", Where, WHERE)],
) -> Message:
    """Whoever is in the community may read them with `/reflect read` in any case."""
    settings.spread_reflections(call.tx, where is Where.EVERYWHERE)
    homes = [home.name for home in communities.homes(call.tx)]
    if where is Where.EVERYWHERE:
        place = f"in every reflections channel: {listed(homes)}"
    else:
        place = "in the reflections channel of the place where they were written"
    return Message(f"Reflections for the whole community are posted {place}, from now on.")


@command("settings rhythm", help="Move a weekly moment", least=Role.ORGANIZER, form=True)
def rhythm(
    call: Call,
    moment: Annotated[str, OneOf("Moment", "What to move", labels=MOMENT_NAMES)],
    at: Annotated[str, Text("At", "Monday 08:00; or program: as the program says", 30)],
    cohort: CohortPick | None = None,
) -> Message:
    """For one cohort, in its own zone; what has been sent stays."""
    which = chosen(call, cohort)
    own = None if at.strip().lower() == "program" else at
    now = cohorts.set_moment(call.tx, which, moment, own)
    zone = programs.zone_of_cohort(call.tx, which).replace("_", " ")
    return Message(f"For {which.name}, the {moment} is on {getattr(now, moment)} now ({zone}).")


@command("settings quiet", help="The community's quiet hours", least=Role.ORGANIZER, form=True)
def quiet(
    call: Call,
    start: Annotated[time, TimeOfDay("From", "Local time of each member, such as 21:00")],
    end: Annotated[time, TimeOfDay("Until", "Such as 07:00")],
) -> Message:
    """They hold for everybody who has not chosen their own."""
    settings.set_quiet_hours(call.tx, start, end)
    words = quiet_words(f"{start:%H:%M}", f"{end:%H:%M}")
    return Message(f"Quiet hours are {words} now, for all who have not chosen their own.")


@command("settings zone", help="The community's time zone", least=Role.ORGANIZER, form=True)
def zone(call: Call, zone: Annotated[str, Zone("Time zone", "A city, or Eastern")]) -> Message:
    """It holds for cohorts and members who have none of their own."""
    settings.set_zone(call.tx, zone)
    return Message(
        f"The community's time zone is {zone.replace('_', ' ')} now. "
        "What is not sent yet moves with it."
    )


@command("settings roles", help="Who holds which role; change one", least=Role.ORGANIZER)
def roles(
    call: Call,
    member: Annotated[Member | None, Somebody("Member", "Name or e-mail")] = None,
    role: Annotated[Role | None, OneOf("Role", "The new one", Role, ROLES)] = None,
    capacity: Annotated[
        int | None, Whole("Capacity", "How many teachers a coach can have", 0, 100)
    ] = None,
) -> Message:
    """Without arguments, organizers and coaches; with a member, their role and capacity."""
    if member is None:
        if role is not None or capacity is not None:
            text = "Say whose: `member: Ada Example`."
            raise UserError(text, {"member": text})
        return _who(call)
    if role is not None:
        member_rules.change_role(call.tx, member, role)
    if capacity is not None:
        member_rules.change_capacity(call.tx, member, capacity)
    places = f", with places for {member.capacity}" if member.role.at_least(Role.COACH) else ""
    return Message(f"{member.name} is {a(member.role.value)}{places}.")


def _channel_words(home: Home, purpose: Purpose) -> str:
    if wanted := home.wanted.get(purpose):
        return f"{purpose.value} (#{wanted}, which is being made)"
    if purpose not in home.channels:
        return f"{purpose.value} (none)"
    return places.channel(home, purpose)


@command("settings trust", help="Trust a workspace", least=Role.ORGANIZER, hidden=True)
def trust(call: Call, home: Annotated[str, Text("Home", "Its id", 32)]) -> Message:
    """The answer to the notice of a new one."""
    found = call.tx.get(Home, home)
    if found is None or found.retired_at is not None:
        raise UserError("We do not live there any more, so there is nothing to trust.")
    homes.trust(call.tx, found)
    return Message(
        f"{found.name} is trusted: people are recognized there by their e-mail address now."
    )


def quiet_words(start: str, end: str) -> str:
    """ "21:00 to 07:00", "none"."""
    return f"{start} to {end}" if start != end else "none"


def _who(call: Call) -> Message:
    found = members.with_role(call.tx, Role.ORGANIZER, Role.COACH)
    lines = [
        f"- {one.name}: {one.role.value}" + (f", places for {one.capacity}" if one.capacity else "")
        for one in sorted(found, key=lambda one: one.role != Role.ORGANIZER)
    ]
    hint = "`/settings roles member: … role: coach` changes one; `/member list` shows everybody."
    return Message("\n".join([*lines, "", hint]), title="Organizers and coaches")
