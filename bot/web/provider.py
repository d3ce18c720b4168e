"""Signing in through the charity's own provider (OpenID Connect), where it has set one up.

Nothing of the extra is loaded before somebody presses the button. A provider only says who she is:
whether she may sign in is said here, by her address, and our second step comes after it unless the
charity has said that the provider's counts.
"""

import logging
from importlib.util import find_spec
from typing import Any

from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from bot.actions.sign_in import sign_in_by_provider
from bot.errors import SettingsError, Unreadable
from bot.settings import Settings
from bot.web.access import public
from bot.web.here import now, parts
from bot.web.signin import local_path, remember
from bot.web.visitor import visitor

page = Blueprint("provider", __name__)

MISSING = (
    "OIDC_ISSUER needs the packages of requirements-extras.lock: start the bot with "
    "`python3 -m bot`, which installs them, or install them yourself."
)
NOT_ANSWERED = "Your provider did not sign you in. Try again, or use your password."
NOT_VERIFIED = "Your provider does not say that your email address is really yours. Use a link."
NOT_KNOWN = "Nobody with the address that your provider gave may sign in here. Ask for a link."
PATIENCE_SECONDS = 10
SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")


def check_provider(settings: Settings) -> None:
    """At the start: SettingsError where a provider is set and what speaks to one is missing."""
    if settings.oidc_issuer is not None and find_spec("authlib") is None:
        raise SettingsError(MISSING)


@page.get("/sign-in/provider")
@public
def ask() -> ResponseReturnValue:
    """Off to the provider. State, nonce and the proof key (PKCE) stay with the browser."""
    settings = _settings()
    session["going_to"] = request.args.get("next", "")
    back = f"{settings.public_url}/sign-in/provider/answer"
    try:
        client = _client(settings)
        answer: ResponseReturnValue = client.authorize_redirect(back)
    except _troubles() as error:
        return _not_signed_in(NOT_ANSWERED, error=error, status=502)
    return answer


@page.get("/sign-in/provider/answer")
@public
def answer() -> ResponseReturnValue:
    """Back from the provider."""
    settings = _settings()
    try:
        claims = _claims(settings)
    except _troubles() as error:
        return _not_signed_in(NOT_ANSWERED, error=error, status=422)
    if not _verified(claims):
        return _not_signed_in(NOT_VERIFIED, status=422)
    signed = sign_in_by_provider(
        parts().database,
        email=str(claims.get("email", "")),
        passed=settings.oidc_second_step == "theirs",
        visitor=visitor(),
        now=now(),
    )
    if signed is None:
        return _not_signed_in(NOT_KNOWN, status=422)
    going_to = session.get("going_to", "")
    remember(signed)
    return redirect(local_path(going_to), 303)


def _settings() -> Settings:
    """Where there is no provider, there are no such pages."""
    settings = parts().settings
    if settings.oidc_issuer is None:
        abort(404)
    return settings


def _claims(settings: Settings) -> dict[str, Any]:
    """What the provider says of her, once its signature, state, nonce and times are good."""
    client = _client(settings)
    token = client.authorize_access_token()
    claims: dict[str, Any] | None = token.get("userinfo")
    if claims is None:
        raise Unreadable("the provider's answer holds no ID token")
    return dict(claims)


def _verified(claims: dict[str, Any]) -> bool:
    """Microsoft has a claim of its own for it (`xms_edov`), which must be asked for there."""
    return claims.get("email_verified") is True or claims.get("xms_edov") in (True, "1", "true")


def _client(settings: Settings) -> Any:
    """Made when first needed. Raises one of `_troubles` when the provider is not as it should."""
    known = current_app.extensions.get("provider")
    if known is None:
        known = current_app.extensions["provider"] = _register(current_app, settings)
    metadata = known.load_server_metadata()
    if str(metadata.get("issuer", "")).rstrip("/") != settings.oidc_issuer:
        raise Unreadable("the provider calls itself by another name than OIDC_ISSUER")
    name = "id_token_signing_alg_values_supported"
    metadata[name] = [one for one in metadata.get(name, []) if one in SIGNED_BY] or ["RS256"]
    return known


def _register(app: Flask, settings: Settings) -> Any:
    from authlib.integrations.flask_client import OAuth

    logging.getLogger("authlib").setLevel(logging.WARNING)  # it would note tokens
    oauth = OAuth(app)
    return oauth.register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "default_timeout": PATIENCE_SECONDS,
        },
    )


def _troubles() -> tuple[type[Exception], ...]:
    """Whatever can be wrong with an answer of a provider, or with the way to it."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests.exceptions import RequestException

    broken = (KeyError, RuntimeError, TypeError, ValueError)
    return (AuthlibBaseError, JoseError, RequestException, Unreadable, *broken)


def _not_signed_in(
    problem: str, *, status: int, error: Exception | None = None
) -> ResponseReturnValue:
    if error is not None:
        logging.getLogger(__name__).warning("no sign-in by the provider: %s", type(error).__name__)
    words = {"problem": problem, "next": session.get("going_to", "")}
    return render_template("sign_in.html", **words), status
