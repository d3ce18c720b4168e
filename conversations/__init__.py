"""The conversations, as data: one file, one `flow`. Nothing here runs."""
