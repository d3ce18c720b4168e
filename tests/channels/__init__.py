"""The channel: what comes in, what goes out, and how it looks on her phone."""
