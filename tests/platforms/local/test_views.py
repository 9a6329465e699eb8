from bot.platforms.local import views
from core.interaction import Choice, Input, OpenForm, Param
from tests.platforms.local.world import World


async def test_a_parameter_that_asks_for_a_channel_offers_those_of_this_chat(world: World) -> None:
    await world.platform.create_channel("Book club")
    form = OpenForm("settings channels", "", (Param("channel", "Channel", input=Input.CHANNEL),))
    shown = views.form(form, await world.platform.channels())["params"][0]
    assert shown["input"] == Input.CHOICE
    assert {"value": "c-book-club", "label": "book-club"} in shown["choices"]


def test_other_parameters_keep_their_own_choices() -> None:
    own = Param("audience", "Audience", input=Input.CHOICE, choices=(Choice("all", "All"),))
    shown = views.param(own, [Choice("c-general", "general")])
    assert shown["choices"] == [{"value": "all", "label": "All"}]


def test_what_a_form_is_about_is_shown_as_safe_html() -> None:
    shown = views.form(OpenForm("reflect write", "Write", (), about="**Week 1** <script>"), [])
    assert "<strong>Week 1</strong>" in shown["about"]
    assert "<script>" not in shown["about"]
