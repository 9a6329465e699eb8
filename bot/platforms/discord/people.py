"""Discord's members as people. Discord tells neither e-mail nor time zone."""

import discord

from core.chat import Person


def person(
    member: discord.Member | discord.User, *, new: bool = False, left: bool = False
) -> Person:
    return Person(str(member.id), member.display_name, is_bot=member.bot, new=new, left=left)
