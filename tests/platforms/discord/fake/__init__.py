"""A Discord that runs on this machine and behaves like the real one: `discord.FakeDiscord`."""
