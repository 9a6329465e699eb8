"""A Slack that runs on this machine and behaves like the real one; `slack.FakeSlack` starts it."""
