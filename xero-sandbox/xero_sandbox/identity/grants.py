"""What the token endpoint hands out and remembers, and the errors that it answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class OAuthError(str, Enum):
    """The errors of the token endpoint."""

    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    INVALID_SCOPE = "invalid_scope"
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"


class TokenRefused(Exception):  # noqa: N818  # OAuth's own error, answered to the client.
    """An OAuth error of the token endpoint."""

    def __init__(self, error: OAuthError, description: str = "") -> None:
        super().__init__(f"{error.value}: {description}")
        self.error = error.value
        self.description = description


@dataclass
class Code:
    """An authorization code, to be spent once."""

    client_id: str
    redirect_uri: str
    scopes: frozenset[str]
    challenge: str
    nonce: str
    auth_event_id: str
    expires: datetime


@dataclass
class AccessToken:
    """What an access token stands for."""

    client_id: str
    user_id: str
    scopes: frozenset[str]
    auth_event_id: str
    expires: datetime


@dataclass
class Chain:
    """All refresh tokens that came of one consent; only the last two generations count."""

    client_id: str
    scopes: frozenset[str]
    auth_event_id: str
    generation: int = 1
    rotated: datetime | None = None
    revoked: bool = False


@dataclass
class RefreshToken:
    """One refresh token of a chain."""

    chain: Chain
    generation: int
    issued: datetime
