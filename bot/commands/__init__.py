"""The commands of `python3 -m bot`, by whom they are for. Each imports what it needs when it runs,
so that `--help` and the small commands answer at once.
"""
