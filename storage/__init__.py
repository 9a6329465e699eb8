"""What is remembered: tables, queries, migrations, the outbox."""
