"""The staff pages, fetched as a browser does. Every fetched page is judged (see page.py)."""
