"""The staff side of a small cohort, as the tests of the pages have it."""

from tests.web.conftest import (
    app,
    cast,
    clock,
    ivy,
    known_app,
    known_parts,
    nobody,
    parts,
    ruth,
)

__all__ = ["app", "cast", "clock", "ivy", "known_app", "known_parts", "nobody", "parts", "ruth"]
