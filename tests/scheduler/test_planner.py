"""The planner: what the calendar calls for stands in the outbox, and nothing else."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from core import cohorts as core_cohorts
from core import members as core_members
from core.cards.catalog import CARDS
from core.kinds import Kind
from scheduler import planner
from storage import communities, outbox, programs
from storage.cohorts import Cohort, WeekChange
from storage.database import CommunityStore, Tx
from storage.members import Member
from storage.outbox import Delivery
from storage.pairs import Pair
from storage.words import DeliveryState, Role
from tests import builders
from tests.scheduler.world import DAY, HOUR, RealLikeClock, SetClock, World

DETROIT = ZoneInfo("America/Detroit")
BEFORE = datetime(2026, 8, 30, 20, tzinfo=UTC)  # the day before week 1


class Planned(World):
    """A cohort of the small program, a teacher Ada with her coach Cora, nothing planned yet."""

    def __init__(self, store: CommunityStore, at: datetime = BEFORE, clock: object = None) -> None:
        super().__init__(store, clock=clock or SetClock(at), cards=CARDS)
        self.ada = self.person("Ada Example")
        self.cora = self.person("Cora Example", role=Role.COACH)
        self.cohort_id = store.write_now(self._enlist)

    def _enlist(self, tx: Tx) -> str:
        cohort = builders.cohort(tx, builders.program(tx))
        tx.need(Member, self.ada).cohort_id = cohort.id
        builders.pair(tx, tx.need(Member, self.ada), tx.need(Member, self.cora))
        return cohort.id

    def plan_now(self) -> None:
        now = self.clock.now()
        self.store.write_now(lambda tx: planner.plan(tx, now))

    def replan(self, work: object = None) -> None:
        def change(tx: Tx) -> None:
            if callable(work):
                work(tx)
            communities.replan(tx)

        self.store.write_now(change)
        self.plan_now()

    def rows(self, kind: Kind, *, canceled: bool = False) -> list[Delivery]:
        def look(tx: Tx) -> Sequence[Delivery]:
            return sorted(tx.all(tx.select(Delivery)), key=lambda row: (row.due_at, row.key))

        return [
            row
            for row in self.store.read_now(look)
            if row.kind == kind and (row.state is DeliveryState.CANCELED) == canceled
        ]

    def local(self, kind: Kind, zone: ZoneInfo = DETROIT) -> list[str]:
        return [f"{row.due_at.astimezone(zone):%a %d %b %H:%M}" for row in self.rows(kind)]


def test_a_week_has_its_prompt_agenda_nudge_and_summary(community: CommunityStore) -> None:
    world = Planned(community)
    world.plan_now()
    assert world.local(Kind.PROMPT)[0] == "Mon 31 Aug 09:00"
    assert world.local(Kind.AGENDA)[0] == "Mon 31 Aug 10:00"
    assert world.local(Kind.NUDGE) == ["Sat 05 Sep 10:00"]
    assert world.local(Kind.SUMMARY) == ["Mon 07 Sep 08:00"]
    assert world.local(Kind.ANNOUNCEMENT)[0] == "Mon 31 Aug 09:30"


def test_keys_say_what_where_and_which_part(community: CommunityStore) -> None:
    world = Planned(community)
    world.plan_now()
    assert world.rows(Kind.PROMPT)[0].key == f"prompt:{world.cohort_id}:week-1:{world.home_id}:1"
    assert world.rows(Kind.SUMMARY)[0].key == f"summary:{world.cora}:2026-09-07:1"


def test_a_nudge_is_useful_until_the_reflection_is_due(community: CommunityStore) -> None:
    world = Planned(community)
    world.plan_now()
    assert f"{world.rows(Kind.NUDGE)[0].expires_at.astimezone(DETROIT):%a %H:%M}" == "Sun 20:00"


def test_planning_again_changes_nothing(community: CommunityStore) -> None:
    world = Planned(community)
    world.plan_now()
    first = {row.key: (row.id, row.due_at) for kind in Kind for row in world.rows(kind)}
    world.plan_now()
    world.replan()
    again = {row.key: (row.id, row.due_at) for kind in Kind for row in world.rows(kind)}
    assert first == again
    assert first


async def test_every_teaching_week_has_one_prompt_and_a_break_has_none(
    community: CommunityStore,
) -> None:
    world = Planned(community)
    await world.advance(60 * DAY)
    assert world.local(Kind.PROMPT) == [
        "Mon 31 Aug 09:00",
        "Mon 07 Sep 09:00",
        "Mon 21 Sep 09:00",  # the week of September 14 is the fall break
    ]


def test_nine_in_the_morning_stays_nine_across_daylight_saving(community: CommunityStore) -> None:
    world = Planned(community, at=datetime(2026, 10, 25, 20, tzinfo=UTC))
    world.change(
        lambda tx: setattr(tx.need(Cohort, world.cohort_id), "starts_on", date(2026, 10, 26))
    )
    world.plan_now()
    at = [f"{row.due_at:%d %H:%M}" for row in world.rows(Kind.PROMPT)]
    assert at == ["26 13:00", "02 14:00"]


def test_a_cohort_in_another_zone_has_its_own_nine_oclock(community: CommunityStore) -> None:
    world = Planned(community)
    world.change(lambda tx: setattr(tx.need(Cohort, world.cohort_id), "zone", "Pacific/Honolulu"))
    world.plan_now()
    assert world.local(Kind.PROMPT, ZoneInfo("Pacific/Honolulu"))[0] == "Mon 31 Aug 09:00"


def test_a_skipped_week_has_neither_prompt_nor_nudge_until_it_is_wanted_again(
    community: CommunityStore,
) -> None:
    world = Planned(community)
    world.plan_now()

    def skip(tx: Tx) -> None:
        tx.add(WeekChange(cohort_id=world.cohort_id, week=1, skipped=True))

    world.replan(skip)
    assert world.local(Kind.PROMPT) == ["Mon 07 Sep 09:00"]
    assert world.rows(Kind.NUDGE) == []
    assert [row.note for row in world.rows(Kind.NUDGE, canceled=True)] == [planner.NOT_WANTED]

    def unskip(tx: Tx) -> None:
        change = tx.first(tx.select(WeekChange))
        assert change is not None
        change.skipped = False

    world.replan(unskip)
    assert world.local(Kind.PROMPT) == ["Mon 31 Aug 09:00", "Mon 07 Sep 09:00"]
    assert world.local(Kind.NUDGE) == ["Sat 05 Sep 10:00"]


def test_a_corrected_program_moves_what_is_planned(community: CommunityStore) -> None:
    world = Planned(community)
    world.plan_now()
    world.replan(lambda tx: _rhythm(tx, "{prompt: Tuesday 11:00, announcement: Tuesday 11:30}"))
    assert world.local(Kind.PROMPT) == ["Tue 01 Sep 11:00"]
    canceled = world.rows(Kind.PROMPT, canceled=True)
    assert [row.subject["week"] for row in canceled] == ["2"]  # now beyond the horizon
    assert world.local(Kind.ANNOUNCEMENT)[0] == "Tue 01 Sep 11:30"


def _rhythm(tx: Tx, rhythm: str) -> None:
    stored = programs.by_name(tx, "small")
    assert stored is not None
    stored.text += f"rhythm: {rhythm}\n"


async def test_what_moves_beyond_the_horizon_comes_when_its_time_comes(
    community: CommunityStore,
) -> None:
    world = Planned(community)
    world.plan_now()
    world.replan(lambda tx: _rhythm(tx, "{prompt: Tuesday 11:00}"))
    await world.advance(10 * DAY)
    sent = [row for row in world.rows(Kind.PROMPT) if row.state is DeliveryState.SENT]
    assert [row.subject["week"] for row in sent] == ["1", "2"]


async def test_what_was_sent_is_left_alone_when_the_program_changes(
    community: CommunityStore,
) -> None:
    world = Planned(community)
    await world.advance(3 * DAY)
    assert world.rows(Kind.PROMPT)[0].state is DeliveryState.SENT
    world.replan(lambda tx: _rhythm(tx, "{prompt: Thursday 11:00}"))
    assert world.local(Kind.PROMPT) == ["Mon 31 Aug 09:00", "Thu 10 Sep 11:00"]
    posted = [sent.key for sent in world.platform.sent if sent.key.startswith("prompt:")]
    await world.advance(DAY)
    assert [sent.key for sent in world.platform.sent if sent.key.startswith("prompt:")] == posted


async def test_a_prompt_that_expired_is_posted_when_an_organizer_asks_for_it(
    community: CommunityStore,
) -> None:
    clock = RealLikeClock(BEFORE)
    world = Planned(community, clock=clock)
    await world.advance()
    clock.pass_by(7 * DAY)
    await world.advance()
    assert world.rows(Kind.PROMPT)[0].state is DeliveryState.EXPIRED

    def post_now(tx: Tx) -> None:
        tx.add(WeekChange(cohort_id=world.cohort_id, week=1, post_at=clock.now()))

    world.replan(post_now)
    await world.advance()
    assert world.rows(Kind.PROMPT)[0].state is DeliveryState.SENT


async def test_asleep_for_a_week_sends_what_is_fresh_and_reports_the_rest(
    community: CommunityStore,
) -> None:
    clock = RealLikeClock(BEFORE)
    world = Planned(community, clock=clock)
    world.person("Olga Example", role=Role.ORGANIZER)
    await world.advance()
    clock.pass_by(21 * DAY)  # longer than the plan reaches
    await world.advance()
    clock.pass_by(HOUR)
    await world.advance()
    assert [row.state.value for row in world.rows(Kind.PROMPT)] == ["expired", "expired", "planned"]
    assert {row.state.value for row in world.rows(Kind.NUDGE)} == {"expired", "planned"}
    notices = [sent for sent in world.platform.sent if sent.key.startswith("notice:")]
    assert len(notices) == 1
    assert "2 weekly prompts" in notices[0].message.text
    assert not [sent for sent in world.platform.sent if sent.key.startswith(("prompt:", "nudge:"))]


def test_a_community_that_starts_late_is_not_flooded_with_the_past(
    community: CommunityStore,
) -> None:
    world = Planned(community, at=datetime(2026, 9, 9, 12, tzinfo=UTC))  # week 2, Wednesday
    world.plan_now()
    assert world.local(Kind.PROMPT) == ["Mon 07 Sep 09:00"]
    assert "Sat 05 Sep 10:00" not in world.local(Kind.NUDGE)


def test_orientation_comes_day_by_day_before_week_1(community: CommunityStore) -> None:
    world = Planned(community, at=datetime(2026, 8, 24, 12, tzinfo=UTC))
    world.plan_now()
    assert world.local(Kind.ORIENTATION) == ["Wed 26 Aug 09:00", "Fri 28 Aug 09:00"]


def test_who_joins_late_gets_the_missed_steps_one_a_day_in_order(
    community: CommunityStore,
) -> None:
    world = Planned(community, at=datetime(2026, 9, 10, 12, tzinfo=UTC))
    world.plan_now()
    assert world.rows(Kind.ORIENTATION) == []

    def join(tx: Tx) -> None:
        builders.member(tx, "Dora Example", cohort_id=world.cohort_id, joined_at=world.clock.now())

    world.replan(join)
    assert world.local(Kind.ORIENTATION) == ["Fri 11 Sep 09:00", "Sat 12 Sep 09:00"]
    assert [row.subject["step"] for row in world.rows(Kind.ORIENTATION)] == ["hello", "profile"]


def test_who_is_put_into_a_running_cohort_gets_its_steps_one_a_day(
    community: CommunityStore,
) -> None:
    world = Planned(community, at=datetime(2026, 9, 10, 12, tzinfo=UTC))
    dora = world.person("Dora Example")
    world.plan_now()

    def add(tx: Tx) -> None:
        into = tx.need(Cohort, world.cohort_id)
        core_cohorts.add(tx, into, tx.need(Member, dora), world.clock.now())

    world.replan(add)
    assert world.local(Kind.ORIENTATION) == ["Fri 11 Sep 09:00", "Sat 12 Sep 09:00"]


async def test_steps_that_fall_into_a_pause_come_one_a_day_after_it(
    community: CommunityStore,
) -> None:
    world = Planned(community, at=datetime(2026, 8, 24, 12, tzinfo=UTC))
    await world.advance(HOUR)
    world.change(
        lambda tx: core_members.pause(
            tx, tx.need(Member, world.ada), date(2026, 8, 27), world.clock.now()
        )
    )
    await world.advance(10 * DAY)
    sent = [row for row in world.rows(Kind.ORIENTATION) if row.state is DeliveryState.SENT]
    assert [row.subject["step"] for row in sent] == ["hello", "profile"]
    assert world.local(Kind.ORIENTATION) == ["Fri 28 Aug 09:00", "Sat 29 Aug 09:00"]


async def test_a_pause_that_ends_early_brings_what_is_left_and_nothing_twice(
    community: CommunityStore,
) -> None:
    world = Planned(community, at=datetime(2026, 8, 24, 12, tzinfo=UTC))
    await world.advance(3 * DAY)  # hello has come
    now = world.clock.now
    world.change(
        lambda tx: core_members.pause(tx, tx.need(Member, world.ada), date(2026, 10, 1), now())
    )
    await world.advance(4 * DAY)
    world.change(lambda tx: core_members.resume(tx, tx.need(Member, world.ada), now()))
    await world.advance(5 * DAY)
    assert world.local(Kind.ORIENTATION) == ["Wed 26 Aug 09:00", "Tue 01 Sep 09:00"]
    posted = [one.key for one in world.platform.sent if one.key.startswith("orientation:")]
    assert len(posted) == 2


def test_nobody_is_nudged_for_a_week_before_they_joined(community: CommunityStore) -> None:
    world = Planned(community)
    joins = datetime(2026, 9, 6, 12, tzinfo=UTC)
    world.change(lambda tx: setattr(tx.need(Member, world.ada), "joined_at", joins))
    world.plan_now()
    assert world.rows(Kind.NUDGE) == []


def test_a_coach_of_two_cohorts_has_one_summary_a_week_at_the_later_moment(
    community: CommunityStore,
) -> None:
    world = Planned(community)

    def second(tx: Tx) -> None:
        program = programs.by_name(tx, "small")
        assert program is not None
        west = builders.cohort(tx, program, "Cohort West", zone="America/Los_Angeles")
        ben = builders.member(tx, "Ben Example", cohort_id=west.id)
        builders.pair(tx, ben, tx.need(Member, world.cora))

    world.change(second)
    world.plan_now()
    assert world.local(Kind.SUMMARY) == ["Mon 07 Sep 11:00"]  # 08:00 in California


def test_a_pair_gets_no_agenda_of_a_moment_before_it_began(community: CommunityStore) -> None:
    world = Planned(community)

    def begin_late(tx: Tx) -> None:
        pair = tx.first(tx.select(Pair))
        assert pair is not None
        pair.started_at = datetime(2026, 9, 2, tzinfo=UTC)

    world.change(begin_late)
    world.plan_now()
    assert world.local(Kind.AGENDA) == ["Mon 07 Sep 10:00"]


def test_an_ended_cohort_calls_for_nothing_more(community: CommunityStore) -> None:
    world = Planned(community)
    world.plan_now()
    world.replan(
        lambda tx: setattr(tx.need(Cohort, world.cohort_id), "ended_at", world.clock.now())
    )
    for kind in (Kind.PROMPT, Kind.NUDGE, Kind.AGENDA, Kind.SUMMARY, Kind.ORIENTATION):
        assert [row for row in world.rows(kind) if row.state is DeliveryState.PLANNED] == []


def test_a_claimed_delivery_is_neither_moved_nor_canceled(community: CommunityStore) -> None:
    world = Planned(community)
    world.plan_now()

    def claim(tx: Tx) -> None:
        row = outbox.by_key(tx, world.rows(Kind.PROMPT)[0].key)
        assert row is not None
        row.state, row.owner, row.lease_until = DeliveryState.CLAIMED, "x", BEFORE + DAY

    world.change(claim)
    world.replan(lambda tx: _rhythm(tx, "{prompt: Thursday 11:00}"))
    assert world.local(Kind.PROMPT)[0] == "Mon 31 Aug 09:00"


def test_a_clock_set_back_does_not_forget_how_far_the_plan_reaches(
    community: CommunityStore,
) -> None:
    world = Planned(community)
    world.plan_now()
    reached = community.read_now(communities.current).planned_through
    community.write_now(lambda tx: planner.plan(tx, BEFORE - timedelta(days=300)))
    assert community.read_now(communities.current).planned_through == reached
