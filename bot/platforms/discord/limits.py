"""How much Discord takes, as the port describes it."""

from datetime import timedelta

from core.chat import Capabilities

# https://discord.com/developers/docs/resources/message#embed-object-embed-limits: description
# 4,096, field 256 and 1,024, title 256, 6,000 characters in all: what is said goes into an embed,
# where nothing mentions anybody. A modal has 5 items of 4,000; 5 rows of 5 buttons.
LIMITS = Capabilities(
    max_text=3_500,
    max_title=256,
    max_fields=6,
    max_buttons=25,
    max_field_text=300,
    max_form_input=4_000,
    max_form_inputs=5,
    pair_readers="whoever may manage threads in this channel",
    in_flight=8,
    send_timeout=timedelta(seconds=60),  # the library waits for rate limits by itself
)
DESCRIPTION = 4_096
EMBED = 6_000
PLAIN = 1_900  # a short message without a title needs no embed: 2,000 characters of content
LABEL = 80
ROW = 5
THREAD_NAME = 100
NONCE = 25
MODAL_TITLE = 45
TAG = 20  # characters; https://discord.com/developers/docs/resources/channel#forum-tag-object
TAGS = 20  # of a forum
CHOICES = 25
CHOICE = 100  # name and value of a choice
OPTION_TEXT = 6_000  # of a string option
