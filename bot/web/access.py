"""Who may open which page. Every route of staff says so with one of these marks; one without a
mark is refused, and a test walks over all routes.
"""

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])
Permission = Literal["read", "write", "safeguard", "administer"]
Access = frozenset[str]  # any one of these permissions; or PUBLIC, MACHINE or BEGUN
PUBLIC: Access = frozenset({"public"})
MACHINE: Access = frozenset({"machine"})
BEGUN: Access = frozenset({"begun"})
MACHINES = frozenset(
    {"webhooks", "health", "spoken"}
)  # blueprints that ask for their own proof, if any


def may(*permissions: Permission) -> Callable[[View], View]:
    """For staff of whose roles one has one of these permissions."""
    return lambda view: _mark(view, frozenset(permissions))


def public(view: View) -> View:
    """For everybody. A form on such a page still carries its token."""
    return _mark(view, PUBLIC)


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What a route declares; None when it declares nothing."""
    blueprint, _, name = endpoint.rpartition(".")
    if blueprint in MACHINES:
        return MACHINE
    if name == "static":  # files of pages
        return PUBLIC
    access: Access | None = getattr(app.view_functions.get(endpoint), "access", None)
    return access


def access_here() -> Access | None:
    """What the requested page declares."""
    return access_of(current_app, request.endpoint) if request.endpoint else None


def begun(view: View) -> View:
    """For whoever has begun to sign in, with or without her second step yet."""
    return _mark(view, BEGUN)


def _mark(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view
