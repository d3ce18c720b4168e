"""The charity's rules. Pure: no clock, no database, no channel."""
