"""Is this deployment well? Small checks, each of which looks at facts and says what to do.

They change nothing. What they print holds no secret, no name, and no number but our own senders.
"""
