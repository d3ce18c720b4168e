"""Who may open which page. Every route says so with one of these three marks; one without a mark is
refused, and a test walks over all routes.
"""

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from flask import current_app, request

View = TypeVar("View", bound=Callable[..., Any])
Access = Literal["read", "write", "public", "signed"]
MAY: dict[str, frozenset[str]] = {
    "staff": frozenset({"read", "write"}),
    "reader": frozenset({"read"}),
}


def may(permission: Literal["read", "write"]) -> Callable[[View], View]:
    """For staff whose role has that permission."""
    return lambda view: _mark(view, permission)


def public(view: View) -> View:
    """For everybody. A form on such a page still carries its token."""
    return _mark(view, "public")


def signed(view: View) -> View:
    """For machines that prove themselves in another way: no sign-in and no form token."""
    return _mark(view, "signed")


def access_of(view: Callable[..., Any] | None) -> Access | None:
    """What a view declares; None when it declares nothing."""
    access: Access | None = getattr(view, "access", None)
    return access


def access_here() -> Access | None:
    """What the requested page declares. Files that belong to pages are for everybody."""
    endpoint = request.endpoint or ""
    if endpoint.rpartition(".")[2] == "static":
        return "public"
    return access_of(current_app.view_functions.get(endpoint))


def _mark(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view
