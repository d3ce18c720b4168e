"""What somebody could do to us on purpose, by subject."""
