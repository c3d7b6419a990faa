"""Codes, access tokens and refresh tokens, and how they are exchanged (xero-facts.md: OAuth)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from xero_sandbox.identity.apps import App, AppKind
from xero_sandbox.identity.connections import Connections
from xero_sandbox.identity.grants import (
    AccessToken,
    AuthorizationCode,
    OAuthError,
    OAuthErrorCode,
    RefreshToken,
    RefreshTokenFamily,
)
from xero_sandbox.identity.scopes import (
    BROAD,
    GRANULAR,
    NON_TENANTED,
    refused_scopes,
    unknown_scopes,
)
from xero_sandbox.identity.users import FIRST, User
from xero_sandbox.model.clock import Clock

ACCESS_TOKEN_LIFE = timedelta(minutes=30)
ID_TOKEN_LIFE = timedelta(minutes=5)
CODE_LIFE = timedelta(minutes=5)
REFRESH_TOKEN_LIFE = timedelta(days=60)
GRACE = timedelta(minutes=30)

_OTHER_REDIRECT = "redirect_uri differs from that of the consent"
_OTHER_VERIFIER = "code_verifier does not match"
_OTHER_SCOPE = "Invalid scope for client"


@lru_cache(maxsize=1)
def signing_key() -> RSAKey:
    """The key that signs this process's tokens; created at its first use."""
    key: RSAKey = RSAKey.generate_key(2048, {"kid": "sandbox", "use": "sig", "alg": "RS256"})
    return key


@dataclass
class Tokens:
    """The codes and tokens that were issued, and the rules of the token endpoint.

    Attributes:
        strict: Whether a used refresh token is refused at once, without the grace period.
        users: The users who can consent, by id; the first one does if nothing else is said.
    """

    clock: Clock
    apps: dict[str, App]
    connections: Connections
    strict: bool = False
    users: Mapping[str, User] = field(default_factory=lambda: {FIRST.user_id: FIRST})
    codes: dict[str, AuthorizationCode] = field(default_factory=dict)
    access: dict[str, AccessToken] = field(default_factory=dict)
    refresh: dict[str, RefreshToken] = field(default_factory=dict)

    def authenticate(self, client_id: str, secret: str | None) -> App:
        """The app that sends a token request.

        Raises:
            OAuthError: ``invalid_client``.
        """
        app = self.apps.get(client_id)
        if app is None:
            raise OAuthError(OAuthErrorCode.INVALID_CLIENT)
        if app.secret is not None and not hmac.compare_digest(app.secret, secret or ""):
            raise OAuthError(OAuthErrorCode.INVALID_CLIENT)
        return app

    def authorize(
        self,
        app: App,
        redirect_uri: str,
        scopes: frozenset[str],
        tenant_ids: list[str],
        *,
        challenge: str = "",
        nonce: str = "",
        user_id: str = FIRST.user_id,
    ) -> str:
        """Records a user's consent and returns its authorization code."""
        now = self.clock.now()
        auth_event_id = str(uuid.uuid4())
        for tenant_id in tenant_ids:
            self.connections.connect(app.client_id, tenant_id, auth_event_id, now, user_id)
        code = secrets.token_urlsafe(32)
        self.codes[code] = AuthorizationCode(
            app.client_id,
            redirect_uri,
            scopes,
            challenge,
            nonce,
            auth_event_id,
            now + CODE_LIFE,
            user_id,
        )
        return code

    def exchange(
        self, app: App, code: str, redirect_uri: str, verifier: str, issuer: str
    ) -> dict[str, Any]:
        """Tokens for an authorization code.

        Raises:
            OAuthError: ``invalid_grant``, if the code is unknown, used, expired, of another app or
                redirect URI, or the PKCE verifier does not match.
        """
        if app.kind is AppKind.CUSTOM_CONNECTION:
            raise OAuthError(OAuthErrorCode.UNAUTHORIZED_CLIENT)
        entry = self.codes.pop(code, None)
        if entry is None or entry.client_id != app.client_id or entry.expires <= self.clock.now():
            raise OAuthError(OAuthErrorCode.INVALID_GRANT)
        if entry.redirect_uri != redirect_uri:
            raise OAuthError(OAuthErrorCode.INVALID_GRANT, _OTHER_REDIRECT)
        if entry.challenge:
            digest = hashlib.sha256(verifier.encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if not hmac.compare_digest(challenge, entry.challenge):
                raise OAuthError(OAuthErrorCode.INVALID_GRANT, _OTHER_VERIFIER)
        return self.issue(
            app,
            entry.scopes,
            entry.auth_event_id,
            nonce=entry.nonce,
            issuer=issuer,
            user_id=entry.user_id,
        )

    def issue(
        self,
        app: App,
        scopes: frozenset[str],
        auth_event_id: str,
        *,
        nonce: str = "",
        issuer: str,
        user_id: str = FIRST.user_id,
    ) -> dict[str, Any]:
        """The first tokens of a user's consent."""
        family = RefreshTokenFamily(app.client_id, scopes, auth_event_id, user_id=user_id)
        response = self.access_token(app, scopes, auth_event_id, issuer, user_id)
        if "offline_access" in scopes:
            response["refresh_token"] = self._refresh_token(family)
        if "openid" in scopes:
            response["id_token"] = self._id_token(app, nonce, issuer, user_id)
        return response

    def refresh_tokens(self, app: App, value: str, issuer: str) -> dict[str, Any]:
        """New tokens for a refresh token, which is used up.

        The previous token may be sent again for 30 minutes, in case the response with the
        newest one was lost; not if ``strict``.

        Raises:
            OAuthError: ``invalid_grant``, if it is unknown, unused for 60 days, used or revoked.
        """
        now = self.clock.now()
        token = self.refresh.get(value)
        if token is None or token.family.client_id != app.client_id or token.family.revoked:
            raise OAuthError(OAuthErrorCode.INVALID_GRANT)
        family = token.family
        if token.issued + REFRESH_TOKEN_LIFE <= now:
            raise OAuthError(OAuthErrorCode.INVALID_GRANT)
        if token.generation < family.generation:
            in_grace = family.rotated is not None and now < family.rotated + GRACE
            if self.strict or not in_grace or token.generation < family.generation - 1:
                raise OAuthError(OAuthErrorCode.INVALID_GRANT)
        else:
            family.generation += 1
            family.rotated = now
        response = self.access_token(
            app, family.scopes, family.auth_event_id, issuer, family.user_id
        )
        response["refresh_token"] = self._refresh_token(family)
        if "openid" in family.scopes:
            response["id_token"] = self._id_token(app, "", issuer, family.user_id)
        return response

    def client_credentials(
        self, app: App, requested: frozenset[str], issuer: str
    ) -> dict[str, Any]:
        """A token without a user: for a Custom Connection, or to list connections.

        Raises:
            OAuthError: ``unauthorized_client`` or ``invalid_scope``.
        """
        if app.kind is AppKind.PKCE:
            raise OAuthError(OAuthErrorCode.UNAUTHORIZED_CLIENT)
        if app.kind is AppKind.WEB:
            if not requested or requested - NON_TENANTED:
                raise OAuthError(OAuthErrorCode.UNAUTHORIZED_CLIENT)
            return self.access_token(app, requested, "", issuer)
        if unknown_scopes(requested) or refused_scopes(app, requested):
            raise OAuthError(OAuthErrorCode.INVALID_SCOPE, _OTHER_SCOPE)
        all_scopes = GRANULAR if app.granular_only else GRANULAR | BROAD
        granted = requested or app.assigned_scopes or all_scopes
        return self.access_token(app, granted, "", issuer)

    def register_redirect_uri(self, uri: str) -> None:
        """Registers a redirect URI for every app that uses the consent page.

        Raises:
            ValueError: If Xero's portal would refuse it.
        """
        for app in self.apps.values():
            if app.kind is not AppKind.CUSTOM_CONNECTION:
                app.add_redirect_uri(uri)

    def revoke(self, app: App, value: str) -> None:
        """Revokes a user's tokens for the app, and removes the user's connections to it.

        (xero-facts.md: OAuth)
        """
        token = self.refresh.get(value)
        if token is None or token.family.client_id != app.client_id:
            return
        user_id = token.family.user_id
        for other in self.refresh.values():
            if (other.family.client_id, other.family.user_id) == (app.client_id, user_id):
                other.family.revoked = True
        self.access = {
            text: issued
            for text, issued in self.access.items()
            if (issued.client_id, issued.user_id) != (app.client_id, user_id)
        }
        self.connections.disconnect_all(app.client_id, user_id)

    def access_token(
        self,
        app: App,
        scopes: frozenset[str],
        auth_event_id: str,
        issuer: str,
        user_id: str = "",
    ) -> dict[str, Any]:
        """A new access token, as in a response of the token endpoint; without a user by default."""
        now = self.clock.now()
        expires = now + ACCESS_TOKEN_LIFE
        claims: dict[str, Any] = {
            "iss": issuer,
            "aud": f"{issuer}/resources",
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

    def _id_token(self, app: App, nonce: str, issuer: str, user_id: str) -> str:
        user = self.users.get(user_id, FIRST)
        now = self.clock.now()
        claims = {
            "iss": issuer,
            "aud": app.client_id,
            "nbf": int(now.timestamp()),
            "iat": int(now.timestamp()),
            "exp": int((now + ID_TOKEN_LIFE).timestamp()),
            "sub": user.user_id.replace("-", ""),
            "xero_userid": user.user_id,
            "email": user.email,
            "preferred_username": user.email,
            "given_name": user.given_name,
            "family_name": user.family_name,
        }
        if nonce:
            claims["nonce"] = nonce
        return jwt.encode({"alg": "RS256", "kid": "sandbox"}, claims, signing_key())

    def _refresh_token(self, family: RefreshTokenFamily) -> str:
        value = secrets.token_urlsafe(32)
        self.refresh[value] = RefreshToken(family, family.generation, self.clock.now())
        return value
