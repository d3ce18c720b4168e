"""A tiny OpenID Connect provider on this machine, which tests can make lie."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

CLIENT, SECRET = "routes", "the provider's secret"
Claims = dict[str, Any]


@dataclass
class OwnProvider:
    """Whoever comes is `claims`. `change` makes the ID token other than it should be."""

    address: str = ""
    claims: Claims = field(default_factory=dict)
    change: Callable[[Claims], Claims] = lambda claims: claims
    issuer: str = ""  # what it calls itself, if not by its address
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one"}))
    signs_with: ECKey | None = None  # another key than the one it shows
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def authorize(self, location: str) -> str:
        """What her browser does there: she agrees, and is sent back to this path."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert location.startswith(f"{self.address}/authorize?")
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.asked[code] = asked
        back = urlsplit(asked["redirect_uri"]).path
        return f"{back}?{urlencode({'code': code, 'state': asked['state']})}"

    def __call__(self, environ: Any, respond: Any) -> Iterable[bytes]:
        path, status = environ["PATH_INFO"], "200 OK"
        if path.endswith("openid-configuration"):
            said = self._about()
        elif path == "/jwks":
            said = {"keys": [self.key.as_dict(private=False)]}
        else:
            said = self._token(environ)
            status = "400 Bad Request" if "error" in said else status
        body = json.dumps(said).encode()
        length = str(len(body))
        respond(status, [("Content-Type", "application/json"), ("Content-Length", length)])
        return [body]

    def _about(self) -> Claims:
        return {
            "issuer": self.issuer or self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
            "id_token_signing_alg_values_supported": ["none", "HS256", "ES256"],
        }

    def _token(self, environ: Any) -> Claims:
        size = int(environ.get("CONTENT_LENGTH") or 0)
        form = parse_qs(environ["wsgi.input"].read(size).decode())
        asked = self.asked.pop(form["code"][0], None)
        proof = hashlib.sha256(form.get("code_verifier", [""])[0].encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or asked["code_challenge"] != challenge:
            self.refused.append("proof")
            return {"error": "invalid_grant"}
        if environ.get("HTTP_AUTHORIZATION") != f"Basic {basic}":
            self.refused.append("client")
            return {"error": "invalid_client"}
        return {
            "access_token": "nothing",
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": self._id_token(asked["nonce"]),
        }

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        standard = {"iss": self.issuer or self.address, "aud": CLIENT, "sub": "17", "nonce": nonce}
        times = {"iat": now, "exp": now + 60}
        claims = self.change({**standard, **times, **self.claims})
        return jwt.encode({"alg": "ES256", "kid": "one"}, claims, self.signs_with or self.key)
