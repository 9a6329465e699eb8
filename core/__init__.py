"""What the community does: rules, the vocabulary of messages and interactions, cards."""
