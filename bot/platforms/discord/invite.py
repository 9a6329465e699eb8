"""The link that brings the bot into a server, with no more permissions than the code uses."""

import discord

# Each permission with what needs it.
PERMISSIONS = {
    "view_channel": "see the channels that were chosen",
    "send_messages": "post prompts, announcements and, in a forum, posts",
    "send_messages_in_threads": "post reflections and agendas in threads",
    "create_public_threads": "begin the discussion of a prompt or reflection",
    "create_private_threads": "open the private thread of a coach and a teacher",
    "embed_links": "show messages with a title and fields",
    "read_message_history": "find a message again after a crash",
    "pin_messages": "keep the week's prompt in sight in a text channel",
    "manage_threads": "keep the week's prompt in sight in a forum",
    "create_events": "put webinars among the server's events",
    "manage_channels": "`/settings create-channels`; may be taken away once they exist",
}
SCOPES = ("bot", "applications.commands")


def permissions() -> discord.Permissions:
    """https://discord.com/developers/docs/topics/permissions"""
    return discord.Permissions(**dict.fromkeys(PERMISSIONS, True))


def link(application_id: int) -> str:
    """https://discord.com/developers/docs/topics/oauth2#bot-authorization-flow"""
    return discord.utils.oauth_url(application_id, permissions=permissions(), scopes=SCOPES)
