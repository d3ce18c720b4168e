"""Whether the doctor finds what is broken, and says what to do."""
