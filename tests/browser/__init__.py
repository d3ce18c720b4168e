"""The demo in a real browser: phones and staff pages as people see them."""
