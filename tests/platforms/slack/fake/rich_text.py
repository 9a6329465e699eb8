"""The `rich_text` block: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block ."""

from tests.platforms.slack.fake.rules import (
    ID,
    Rule,
    by_type,
    flag,
    items,
    one_of,
    shape,
    text,
    whole,
)

MANY = 10_000

LETTERS = shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag))
_MENTION_STYLES = (
    "bold",
    "italic",
    "strike",
    "underline",
    "highlight",
    "client_highlight",
    "unlink",
)
MENTION = shape({}, dict.fromkeys(_MENTION_STYLES, flag))

TEXT = shape({"text": text(40_000, 1)}, {"style": LETTERS})
LINK = shape({"url": text(3_000, 1)}, {"text": text(40_000), "unsafe": flag, "style": LETTERS})

INLINE: Rule = by_type(
    {
        "text": TEXT,
        "link": LINK,
        "user": shape({"user_id": ID}, {"style": MENTION}),
        "usergroup": shape({"usergroup_id": ID}, {"style": MENTION}),
        "channel": shape({"channel_id": ID}, {"style": MENTION}),
        "team": shape({"team_id": ID}, {"style": MENTION}),
        "broadcast": shape({"range": one_of("here", "channel", "everyone")}, {"style": MENTION}),
        "emoji": shape({"name": text(255, 1)}, {"unicode": text(255), "style": LETTERS}),
        "date": shape(
            {"timestamp": whole(0, 2**40), "format": text(1_000, 1)},
            {"url": text(3_000, 1), "fallback": text(3_000), "style": LETTERS},
        ),
        "color": shape({"value": text(9, 4)}, {"style": LETTERS}),
    }
)

SECTION = shape({"elements": items(INLINE, MANY, least=0)})
BORDER = whole(0, 1)

RICH_TEXT: Rule = shape(
    {
        "elements": items(
            by_type(
                {
                    "rich_text_section": SECTION,
                    "rich_text_list": shape(
                        {
                            "style": one_of("bullet", "ordered"),
                            "elements": items(by_type({"rich_text_section": SECTION}), MANY),
                        },
                        {"indent": whole(0, 8), "offset": whole(0, MANY), "border": BORDER},
                    ),
                    "rich_text_quote": shape(
                        {"elements": items(INLINE, MANY, least=0)}, {"border": BORDER}
                    ),
                    "rich_text_preformatted": shape(
                        {"elements": items(by_type({"text": TEXT, "link": LINK}), MANY, least=0)},
                        {"border": BORDER, "language": text(50)},
                    ),
                }
            ),
            MANY,
            least=0,
        )
    },
    {"block_id": ID},
)
