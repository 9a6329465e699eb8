"""Adapters: each translates between the house and one chat platform, and nothing else."""
