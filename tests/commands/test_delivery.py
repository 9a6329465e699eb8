"""Settling deliveries in doubt: *Send again* and *It arrived*."""

from dataclasses import replace

from core.cards.catalog import CARDS
from core.chat import Address, MaybeSent, Message
from core.interaction import Reply
from core.kinds import Kind
from storage.database import CommunityStore
from storage.words import DeliveryState
from tests.scheduler.world import DAY, HOUR, all_saying, says_its_key
from tests.school import School


class Doubtful(School):
    """Two messages to the channel may or may not have arrived; Olga has been asked."""

    async def doubt(self) -> Message:
        cards = {**all_saying(says_its_key), Kind.NOTICE: CARDS[Kind.NOTICE]}
        self.platform.capabilities = replace(self.platform.capabilities, can_find=False)
        self.platform._failures = {
            "c-coaching": iter([MaybeSent("broke")]),
            "c-general": iter([MaybeSent("sent")]),
        }
        self.engine = self.new_engine("again", cards=cards)
        self.plan("one", self.clock.now(), to=Address("channel", self.home_id, "coaching"))
        self.plan("two", self.clock.now(), to=Address("channel", self.home_id, "general"))
        await self.advance(HOUR)
        return next(
            sent.message for sent in self.platform.sent if sent.key.startswith("notice:doubt-")
        )


async def test_the_notice_names_each_with_its_buttons(community: CommunityStore) -> None:
    notice = await Doubtful(community).doubt()
    assert notice.text.count("**not known**") == 2
    assert [button.label for button in notice.buttons] == [
        "Send again (1)", "It arrived (1)", "Send again (2)", "It arrived (2)",
    ]  # fmt: skip


async def test_send_again_sends_it_and_it_arrived_does_not(community: CommunityStore) -> None:
    school = Doubtful(community)
    notice = await school.doubt()
    first = school.row("one:1").id < school.row("two:1").id
    one, two = ("1", "2") if first else ("2", "1")
    await school.press("olga", notice, f"Send again ({one})")
    answer = await school.press("olga", notice, f"It arrived ({two})")
    assert isinstance(answer, Reply)
    assert "settled" in answer.message.text
    assert answer.message.buttons == ()
    assert answer.replace
    await school.advance(HOUR)
    assert school.row("one:1").state is DeliveryState.SENT
    assert school.row("two:1").state is DeliveryState.SENT
    assert [key for key in school.posted if key in ("one:1", "two:1")] == ["two:1", "one:1"]


async def test_pressing_twice_changes_nothing(community: CommunityStore) -> None:
    school = Doubtful(community)
    notice = await school.doubt()
    await school.press("olga", notice, "It arrived (1)")
    await school.press("olga", notice, "Send again (1)")
    await school.advance(DAY)
    states = [school.row("one:1").state, school.row("two:1").state]
    assert sorted(states) == [DeliveryState.SENT, DeliveryState.UNCERTAIN]


async def test_only_organizers_settle_deliveries(community: CommunityStore) -> None:
    school = Doubtful(community)
    notice = await school.doubt()
    await school.press("ada", notice, "It arrived (1)")
    assert school.row("one:1").state is DeliveryState.UNCERTAIN
