"""Codes, access tokens and refresh tokens, and how they are spent (xero-facts.md: OAuth)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from xero_sandbox.clock import Clock
from xero_sandbox.identity.apps import App, AppKind
from xero_sandbox.identity.connections import Connections
from xero_sandbox.identity.grants import (
    AccessToken,
    Chain,
    Code,
    OAuthError,
    RefreshToken,
    TokenRefused,
)
from xero_sandbox.identity.scopes import BROAD, GRANULAR, NON_TENANTED, refused_to, unknown

ACCESS_TOKEN_LIFE = timedelta(minutes=30)
ID_TOKEN_LIFE = timedelta(minutes=5)
CODE_LIFE = timedelta(minutes=5)
REFRESH_TOKEN_LIFE = timedelta(days=60)
GRACE = timedelta(minutes=30)
ISSUER = "https://identity.xero.com"

_OTHER_REDIRECT = "redirect_uri is not the one of the consent"
_OTHER_VERIFIER = "code_verifier does not fit"
_OTHER_SCOPE = "Invalid scope for client"
USER_ID = "5b3d1e2a-6f0c-4a53-9d57-0c1f7c7f2f11"
USER_EMAIL = "sandbox.user@example.com"


@lru_cache(maxsize=1)
def signing_key() -> RSAKey:
    """The key that signs this process's tokens; made at first use."""
    key: RSAKey = RSAKey.generate_key(2048, {"kid": "sandbox", "use": "sig", "alg": "RS256"})
    return key


@dataclass
class Tokens:
    """The token endpoint's memory and rules.

    Attributes:
        strict: no grace for a refresh token that has been used once.
    """

    clock: Clock
    apps: dict[str, App]
    connections: Connections
    strict: bool = False
    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, AccessToken] = field(default_factory=dict)
    refresh: dict[str, RefreshToken] = field(default_factory=dict)

    def authenticate(self, client_id: str, secret: str | None) -> App:
        """The app that a token request speaks for.

        Raises:
            TokenRefused: ``invalid_client``.
        """
        app = self.apps.get(client_id)
        if app is None:
            raise TokenRefused(OAuthError.INVALID_CLIENT)
        if app.secret is not None and not hmac.compare_digest(app.secret, secret or ""):
            raise TokenRefused(OAuthError.INVALID_CLIENT)
        return app

    def authorize(  # The parameters of OAuth's authorize request.
        self,
        app: App,
        redirect_uri: str,
        scopes: frozenset[str],
        tenant_ids: list[str],
        *,
        challenge: str = "",
        nonce: str = "",
    ) -> str:
        """Records a consent and returns its authorization code."""
        now = self.clock.now()
        auth_event_id = str(uuid.uuid4())
        for tenant_id in tenant_ids:
            self.connections.connect(app.client_id, tenant_id, auth_event_id, now)
        code = secrets.token_urlsafe(32)
        self.codes[code] = Code(
            app.client_id, redirect_uri, scopes, challenge, nonce, auth_event_id, now + CODE_LIFE
        )
        return code

    def exchange(self, app: App, code: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
        """Tokens for an authorization code.

        Raises:
            TokenRefused: ``invalid_grant`` when the code is unknown, spent, expired, of another
                app or redirect URI, or the PKCE verifier does not fit.
        """
        if app.kind is AppKind.CUSTOM_CONNECTION:
            raise TokenRefused(OAuthError.UNAUTHORIZED_CLIENT)
        entry = self.codes.pop(code, None)
        if entry is None or entry.client_id != app.client_id or entry.expires <= self.clock.now():
            raise TokenRefused(OAuthError.INVALID_GRANT)
        if entry.redirect_uri != redirect_uri:
            raise TokenRefused(OAuthError.INVALID_GRANT, _OTHER_REDIRECT)
        if entry.challenge:
            digest = hashlib.sha256(verifier.encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if not hmac.compare_digest(challenge, entry.challenge):
                raise TokenRefused(OAuthError.INVALID_GRANT, _OTHER_VERIFIER)
        return self.issue(app, entry.scopes, entry.auth_event_id, entry.nonce)

    def issue(
        self, app: App, scopes: frozenset[str], auth_event_id: str, nonce: str = ""
    ) -> dict[str, Any]:
        """The first tokens of a consent."""
        chain = Chain(app.client_id, scopes, auth_event_id)
        answer = self.access_token(app, scopes, auth_event_id)
        if "offline_access" in scopes:
            answer["refresh_token"] = self._refresh_token(chain)
        if "openid" in scopes:
            answer["id_token"] = self._id_token(app, nonce)
        return answer

    def refreshed(self, app: App, value: str) -> dict[str, Any]:
        """New tokens for a refresh token, which is spent by it.

        The token before the newest may be sent again for 30 minutes, in case the answer that
        carried the newest was lost; not when ``strict``.

        Raises:
            TokenRefused: ``invalid_grant`` when unknown, unused for 60 days, spent or revoked.
        """
        now = self.clock.now()
        token = self.refresh.get(value)
        if token is None or token.chain.client_id != app.client_id or token.chain.revoked:
            raise TokenRefused(OAuthError.INVALID_GRANT)
        chain = token.chain
        if token.issued + REFRESH_TOKEN_LIFE <= now:
            raise TokenRefused(OAuthError.INVALID_GRANT)
        if token.generation < chain.generation:
            in_grace = chain.rotated is not None and now < chain.rotated + GRACE
            if self.strict or not in_grace or token.generation < chain.generation - 1:
                raise TokenRefused(OAuthError.INVALID_GRANT)
        else:
            chain.generation += 1
            chain.rotated = now
        answer = self.access_token(app, chain.scopes, chain.auth_event_id)
        answer["refresh_token"] = self._refresh_token(chain)
        if "openid" in chain.scopes:
            answer["id_token"] = self._id_token(app, "")
        return answer

    def client_credentials(self, app: App, asked: frozenset[str]) -> dict[str, Any]:
        """A token without a user: a Custom Connection's, or one to list connections.

        Raises:
            TokenRefused: ``unauthorized_client`` or ``invalid_scope``.
        """
        if app.kind is AppKind.PKCE:
            raise TokenRefused(OAuthError.UNAUTHORIZED_CLIENT)
        if app.kind is AppKind.WEB:
            if not asked or asked - NON_TENANTED:
                raise TokenRefused(OAuthError.UNAUTHORIZED_CLIENT)
            return self.access_token(app, asked, "")
        if unknown(asked) or refused_to(app, asked):
            raise TokenRefused(OAuthError.INVALID_SCOPE, _OTHER_SCOPE)
        everything = GRANULAR if app.granular_only else GRANULAR | BROAD
        return self.access_token(app, asked or app.assigned_scopes or everything, "")

    def register_redirect_uri(self, uri: str) -> None:
        """Registers a redirect URI for every app that has consent.

        Raises:
            ValueError: when Xero's portal would not take it.
        """
        for app in self.apps.values():
            if app.kind is not AppKind.CUSTOM_CONNECTION:
                app.add_redirect_uri(uri)

    def revoke(self, app: App, value: str) -> None:
        """Ends a chain and removes all of the user's connections to the app (xero-facts.md: OAuth)."""
        token = self.refresh.get(value)
        if token is None or token.chain.client_id != app.client_id:
            return
        for other in self.refresh.values():
            if other.chain.client_id == app.client_id:
                other.chain.revoked = True
        self.access = {
            text: held for text, held in self.access.items() if held.client_id != app.client_id
        }
        self.connections.disconnect_all(app.client_id)

    def access_token(self, app: App, scopes: frozenset[str], auth_event_id: str) -> dict[str, Any]:
        """A new access token, as the token endpoint answers with it."""
        now = self.clock.now()
        expires = now + ACCESS_TOKEN_LIFE
        user_id = "" if app.kind is AppKind.CUSTOM_CONNECTION else USER_ID
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": f"{ISSUER}/resources",
            "client_id": app.client_id,
            "nbf": int(now.timestamp()),
            "exp": int(expires.timestamp()),
            "iat": int(now.timestamp()),
            "jti": secrets.token_hex(16).upper(),
            "scope": sorted(scopes),
        }
        if user_id:
            claims |= {
                "sub": user_id.replace("-", ""),
                "xero_userid": user_id,
                "authentication_event_id": auth_event_id,
            }
        value = jwt.encode({"alg": "RS256", "kid": "sandbox"}, claims, signing_key())
        self.access[value] = AccessToken(app.client_id, user_id, scopes, auth_event_id, expires)
        return {
            "access_token": value,
            "expires_in": int(ACCESS_TOKEN_LIFE.total_seconds()),
            "token_type": "Bearer",
            "scope": " ".join(sorted(scopes)),
        }

    def _id_token(self, app: App, nonce: str) -> str:
        now = self.clock.now()
        claims = {
            "iss": ISSUER,
            "aud": app.client_id,
            "nbf": int(now.timestamp()),
            "iat": int(now.timestamp()),
            "exp": int((now + ID_TOKEN_LIFE).timestamp()),
            "sub": USER_ID.replace("-", ""),
            "xero_userid": USER_ID,
            "email": USER_EMAIL,
            "preferred_username": USER_EMAIL,
            "given_name": "Sandbox",
            "family_name": "User",
        }
        if nonce:
            claims["nonce"] = nonce
        return jwt.encode({"alg": "RS256", "kid": "sandbox"}, claims, signing_key())

    def _refresh_token(self, chain: Chain) -> str:
        value = secrets.token_urlsafe(32)
        self.refresh[value] = RefreshToken(chain, chain.generation, self.clock.now())
        return value
