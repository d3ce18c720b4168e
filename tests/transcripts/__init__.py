"""Conversations as they look on a phone, played by `tests/test_transcripts.py`."""
