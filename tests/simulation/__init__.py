"""A small province under load and under fire: officers at work, lost answers, killed sessions, crashed databases."""
