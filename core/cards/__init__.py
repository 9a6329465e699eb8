"""How messages look: one composer for each kind of delivery."""
