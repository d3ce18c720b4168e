"""The demo in a real Chromium: its phones played by hand, its staff pages read as staff do."""
