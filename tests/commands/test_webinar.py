"""`/webinar`, from the announcement to the recording."""

from datetime import timedelta

import pytest

from core.chat import Message
from core.interaction import Invocation, OpenForm, Rejected, Reply
from storage.database import CommunityStore
from tests.commands.asking import text_of
from tests.scheduler.world import DAY, HOUR, MINUTE
from tests.school import School

# Webinars of the program begin on Wednesdays at 4 pm, and people are reminded an hour before.
TO_THE_REMINDER = DAY + 3 * HOUR
YES, NO = "I will be there", "Not this time"


@pytest.fixture
async def school(community: CommunityStore) -> School:
    school = School(community)
    await school.advance()
    return school


def announcement(school: School) -> Message:
    return school.channel("webinars")[0].message


def about(school: School, who: str, start: str) -> list[Message]:
    """The direct messages to somebody whose titles begin so."""
    found = [one.message for one in school.told(who)]
    return [message for message in found if message.title.startswith(start)]


async def announced(school: School, title: str = "Quiet voices", **more: str) -> Reply:
    form = await school.form("olga", "/webinar announce")
    values = {"title": title, "when": "2026-09-04 15:00", **more}
    answer = await school.submit("olga", form, **values)
    assert isinstance(answer, Reply), answer
    await school.advance()
    return answer


async def test_the_program_announces_its_webinar(school: School) -> None:
    said = announcement(school)
    assert said.title == "Starting well"
    assert said.text == "How to begin."
    fields = dict(said.fields)
    assert "Wednesday, September 2, 4:00 PM EDT" in fields["When"]
    assert fields["Standard"].startswith("A Professional Responsibilities (National Standards")
    assert [button.label for button in said.buttons] == [YES, NO]


async def test_answers_are_private_and_the_announcement_counts_them(school: School) -> None:
    said = announcement(school)
    answer = await school.press("ada", said, YES)
    assert isinstance(answer, Reply)
    assert answer.private
    assert not answer.replace
    assert "I will remind you 1 hour before" in text_of(answer)
    await school.press("ben", said, YES)
    await school.press("ben", said, YES)
    await school.advance()
    assert dict(announcement(school).fields)["So far"] == "2 are coming"
    assert "Ada" not in text_of(Reply(announcement(school)))


async def test_an_announcement_is_edited_once_a_minute_at_most(school: School) -> None:
    said = announcement(school)
    for who in ("ada", "ben", "cora"):
        await school.press(who, said, YES)
        await school.advance()
    assert school.channel("webinars")[0].edits == 1
    await school.advance(MINUTE)
    assert school.channel("webinars")[0].edits == 2
    assert dict(announcement(school).fields)["So far"] == "3 are coming"


async def test_those_who_said_yes_are_reminded_and_nobody_else(school: School) -> None:
    said = announcement(school)
    await school.press("ada", said, YES)
    await school.press("ben", said, NO)
    await school.advance(TO_THE_REMINDER - MINUTE)
    assert not about(school, "ada", "Soon")
    await school.advance(MINUTE)
    (reminder,) = about(school, "ada", "Soon")
    assert "It starts in 1 hour." in reminder.text
    assert not about(school, "ben", "Soon")


async def test_yes_then_no_then_yes_is_reminded_once(school: School) -> None:
    said = announcement(school)
    answer = await school.press("ada", said, YES)
    back = await school.press("ada", answer, NO)
    await school.advance(HOUR)
    await school.press("ada", back, YES)
    await school.advance(DAY + 4 * HOUR)
    assert len(about(school, "ada", "Soon")) == 1


async def test_no_after_yes_is_not_reminded(school: School) -> None:
    said = announcement(school)
    await school.press("ada", said, YES)
    await school.press("ada", said, NO)
    await school.advance(2 * DAY)
    assert not about(school, "ada", "Soon")


async def test_who_says_yes_late_is_reminded_at_once(school: School) -> None:
    await school.advance(TO_THE_REMINDER + 30 * MINUTE)
    await school.press("ada", announcement(school), YES)
    await school.advance()
    (reminder,) = about(school, "ada", "Soon")
    assert "It starts in 30 minutes" in reminder.text


async def test_after_the_end_nobody_can_answer(school: School) -> None:
    said = announcement(school)
    await school.advance(2 * DAY)
    assert "is over" in text_of(await school.press("ada", said, YES))


async def test_a_button_about_a_deleted_webinar_says_so(school: School) -> None:
    said = announcement(school)
    school.store.write_now(
        lambda tx: tx.delete(tx.need(type(school.webinar()), school.webinar().id))
    )
    assert "not there any more" in text_of(await school.press("ada", said, YES))


async def test_one_announced_by_hand_goes_out_at_once(school: School) -> None:
    answer = await announced(
        school, link="https://meet.example.org/q", presenter="Cora Example", standard="C Community"
    )
    assert "is announced for [Friday, September 4, 3:00 PM EDT]" in text_of(answer)
    post = school.channel("webinars")[-1].message
    assert post.title == "Quiet voices"
    assert dict(post.fields)["Link"] == "https://meet.example.org/q"
    assert dict(post.fields)["Standard"].startswith("C Community Building")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"when": "2026-08-01 16:00"}, "has passed"),
        ({"when": "when it rains"}, "I cannot read"),
        ({"minutes": "-30"}, "Minutes is between 5 and 480"),
        ({"link": "meet me there"}, "a web address"),
        ({"when": "2026-09-02 16:00", "title": "starting WELL"}, "announced already"),
    ],
)
async def test_what_is_wrong_with_an_announcement_is_said(
    school: School, values: dict[str, str], problem: str
) -> None:
    form = await school.form("olga", "/webinar announce")
    given = {"title": "Quiet voices", "when": "2026-09-04 15:00", **values}
    refused = await school.submit("olga", form, **given)
    assert isinstance(refused, Rejected)
    assert problem in text_of(refused)
    assert refused.form.values["title"] == given["title"]


async def test_the_programs_webinar_can_be_announced_early_by_hand(school: School) -> None:
    offered = await school.form("olga", "/webinar announce")
    choices = next(one for one in offered.params if one.name == "from_program").choices
    week_two = next(one for one in choices if "Hearing everyone" in one.label)
    form = await school.ask("olga", "/webinar announce", from_program=week_two.value)
    assert isinstance(form, OpenForm)
    assert form.values["title"] == "Hearing everyone"
    assert form.values["when"] == "2026-09-09 16:00"
    await school.submit("olga", form, link="https://meet.example.org/two")
    await school.advance()
    assert [one.message.title for one in school.channel("webinars")][-1] == "Hearing everyone"
    await school.pass_days(7)
    titles = [one.message.title for one in school.channel("webinars")]
    assert titles.count("Hearing everyone") == 1
    again = await school.submit("olga", form, title="Once more")
    assert "announced already" in text_of(again)


async def test_a_program_webinar_that_is_announced_is_not_announced_again(school: School) -> None:
    form = await school.ask("olga", "/webinar announce", from_program="this week")
    assert isinstance(form, OpenForm)
    assert form.values["title"] == "Starting well"
    refused = await school.submit("olga", form)
    assert "“Starting well” on Wednesday, September 2" in text_of(refused)
    assert "announced already" in text_of(refused)


async def test_a_moved_webinar_takes_its_reminder_along(school: School) -> None:
    await school.press("ada", announcement(school), YES)
    await school.advance()
    form = await school.ask("olga", "/webinar change", webinar=school.webinar().id)
    assert isinstance(form, OpenForm)
    assert form.values["title"] == "Starting well"
    answer = await school.submit("olga", form, when="2026-09-03 17:00")
    assert "is moved to [Thursday, September 3, 5:00 PM EDT]" in text_of(answer)
    assert "I am telling 1 person who said yes" in text_of(answer)
    await school.advance(MINUTE)
    assert "Thursday" in dict(announcement(school).fields)["When"]
    (told,) = about(school, "ada", "Moved")
    assert "Thursday, September 3, 5:00 PM EDT" in told.text
    await school.advance(3 * DAY)
    reminders = [one for one in school.told("ada") if one.message.title.startswith("Soon")]
    assert [one.at.isoformat() for one in reminders] == ["2026-09-03T20:00:00+00:00"]


async def test_who_was_reminded_of_the_old_start_is_reminded_of_the_new_one(school: School) -> None:
    await school.press("ada", announcement(school), YES)
    await school.advance(TO_THE_REMINDER)
    await school.ask(
        "olga", "/webinar change", webinar=school.webinar().id, when="2026-09-04 16:00"
    )
    await school.advance(3 * DAY)
    assert len(about(school, "ada", "Soon")) == 2


async def test_emptying_a_field_of_the_form_removes_it(school: School) -> None:
    await announced(school, link="https://meet.example.org/q")
    row = await school.ask("olga", "/webinar change Quiet voices")
    assert isinstance(row, OpenForm)
    await school.submit("olga", row, link="")
    await school.advance(MINUTE)
    assert "Link" not in dict(school.channel("webinars")[-1].message.fields)


async def test_a_canceled_webinar_is_called_off_everywhere(school: School) -> None:
    said = announcement(school)
    await school.press("ada", said, YES)
    await school.advance()
    answer = await school.ask("olga", "/webinar cancel", webinar=school.webinar().id)
    assert "I am telling 1 person" in text_of(answer)
    await school.advance(2 * DAY)
    assert announcement(school).title == "Canceled: Starting well"
    assert not announcement(school).buttons
    assert len(about(school, "ada", "Canceled")) == 1
    assert not about(school, "ada", "Soon")
    assert "was canceled" in text_of(await school.press("ben", said, YES))
    again = await school.ask("olga", "/webinar cancel", webinar=school.webinar().id)
    assert "is canceled" in text_of(again)


async def test_a_webinar_canceled_before_its_announcement_is_never_announced(
    school: School,
) -> None:
    await school.ask("olga", "/webinar cancel", webinar=school.webinar(2).id)
    await school.pass_days(8)
    titles = [one.message.title for one in school.channel("webinars")]
    assert "Hearing everyone" not in " ".join(titles)


async def test_a_webinar_that_has_begun_is_not_changed_any_more(school: School) -> None:
    row = school.webinar()
    await school.advance(2 * DAY)
    for typed in ("/webinar cancel", "/webinar change title: Too late"):
        refused = await school.ask("olga", typed, webinar=row.id)
        assert "began on Wednesday, September 2" in text_of(refused)


async def test_a_recording_is_posted_and_a_corrected_link_corrects_it(school: School) -> None:
    early = await school.ask("olga", "/webinar recording https://rec.example.org/1",
                             webinar=school.webinar().id)  # fmt: skip
    assert "when it is over" in text_of(early)
    await school.advance(2 * DAY)
    await school.ask("olga", "/webinar recording https://rec.example.org/1")
    await school.advance()
    await school.ask("olga", "/webinar recording https://rec.example.org/2")
    await school.advance()
    posts = [one for one in school.channel("webinars") if "Recording" in one.message.title]
    assert len(posts) == 1
    assert dict(posts[0].message.fields)["Recording"] == "https://rec.example.org/2"
    past = text_of(await school.ask("ada", "/webinar past"))
    assert "[recording](https://rec.example.org/2)" in past


async def test_next_shows_what_comes_with_my_answer(school: School) -> None:
    await announced(school)
    first = await school.ask("ada", "/webinar next")
    await school.press("ada", first, YES)
    shown = text_of(await school.ask("ada", "/webinar next"))
    assert "Starting well" in shown
    assert "You: You said that you will be there" in shown
    assert "**Quiet voices** · [Friday, September 4, 3:00 PM EDT]" in shown


async def test_teachers_do_not_announce(school: School) -> None:
    refused = await school.ask("ada", "/webinar announce Mine")
    assert "is for organizers" in text_of(refused)


async def test_a_new_rhythm_moves_what_has_not_been_sent(school: School) -> None:
    def later(tx: object) -> None:
        school.cohort(tx).rhythm = {"webinar": "Thursday 17:00"}  # type: ignore[arg-type]

    await school.press("ada", announcement(school), YES)
    school.store.write_now(later)
    school.replan()
    await school.advance(timedelta(minutes=2))
    assert "Thursday, September 3, 5:00 PM" in dict(announcement(school).fields)["When"]
    assert len(about(school, "ada", "Moved")) == 1
    await school.advance(3 * DAY)
    (reminder,) = [one for one in school.told("ada") if one.message.title.startswith("Soon")]
    assert reminder.at.isoformat() == "2026-09-03T20:00:00+00:00"


async def test_a_standard_is_found_by_its_code(school: School) -> None:
    olga = school.askers["olga"]
    typing = Invocation("", olga.home_id, olga.account, "webinar announce")
    offered = await olga.dispatcher.complete(typing, "standard", "a")
    assert offered[0].label.startswith(
        "A Professional Responsibilities (National Standards for Quality"
    )
    await announced(school, standard="a")
    fields = dict(school.channel("webinars")[-1].message.fields)
    assert fields["Standard"].startswith("A Professional Responsibilities")
