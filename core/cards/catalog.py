"""Which card composes which kind of delivery."""

from core.cards import (
    answer,
    channel,
    coach,
    comment,
    enrollment,
    notice,
    orientation,
    prompt,
    reflection,
    webinar,
)
from core.cards.card import Compose
from core.kinds import Kind

CARDS: dict[Kind, Compose] = {
    **answer.CARDS,
    **channel.CARDS,
    **coach.CARDS,
    **comment.CARDS,
    **enrollment.CARDS,
    **notice.CARDS,
    **orientation.CARDS,
    **prompt.CARDS,
    **reflection.CARDS,
    **webinar.CARDS,
}
