"""What people can ask for: each slash command, button and form, declared once."""
