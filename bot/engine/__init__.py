"""The pure engine: conversations as data, and what a reply means. No input or output."""
