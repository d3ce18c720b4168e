"""The charity's rules: calendars, weeks, summaries."""
