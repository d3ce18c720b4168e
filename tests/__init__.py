"""Tests, which read as the specification."""
