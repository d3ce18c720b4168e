"""A check-in bot: it asks, understands the answer in her language, and shows staff the week."""
