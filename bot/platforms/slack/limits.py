"""How much Slack takes, as the port describes it."""

from datetime import timedelta

from core.chat import Capabilities

# https://docs.slack.dev/reference/block-kit/blocks: header 150, 50 blocks a message, 100 a modal,
# an input takes 3,000. All the text of a message's blocks together must stay below about 13,000
# (msg_blocks_too_long; the number is not documented): text, ten fields and buttons do.
LIMITS = Capabilities(
    max_text=5_000,
    max_title=150,
    max_fields=10,
    max_buttons=25,
    max_field_text=500,
    max_form_input=3_000,
    max_form_inputs=90,
    nests=False,
    in_flight=8,
    send_timeout=timedelta(seconds=30),
)
MODAL_TITLE = 24  # https://docs.slack.dev/reference/views
MODAL_BLOCKS = 100
OPTION_LABEL = 75  # https://docs.slack.dev/reference/block-kit/composition-objects/option-object
OPTION_VALUE = 150
HINT = 2_000
BUTTON_VALUE = 2_000  # https://docs.slack.dev/reference/block-kit/block-elements/button-element
RESPONSES = (
    5  # uses of a response_url, https://docs.slack.dev/interactivity/handling-user-interaction
)
