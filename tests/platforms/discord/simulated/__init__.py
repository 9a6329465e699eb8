"""The Discord service inside simcord, which simulates Discord in process below the real library."""
