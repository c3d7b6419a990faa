"""Codes and tokens that the token endpoint issues, and its errors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from xero_sandbox.identity.users import FIRST


class OAuthErrorCode(str, Enum):
    """The errors of the token endpoint."""

    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    INVALID_SCOPE = "invalid_scope"
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"


class OAuthError(Exception):
    """An error response of the token endpoint."""

    def __init__(self, error: OAuthErrorCode, description: str = "") -> None:
        super().__init__(f"{error.value}: {description}")
        self.error = error.value
        self.description = description


@dataclass
class AuthorizationCode:
    """An authorization code, which can be used once."""

    client_id: str
    redirect_uri: str
    scopes: frozenset[str]
    challenge: str
    nonce: str
    auth_event_id: str
    expires: datetime
    user_id: str = FIRST.user_id


@dataclass
class AccessToken:
    """The grant behind an access token."""

    client_id: str
    user_id: str
    scopes: frozenset[str]
    auth_event_id: str
    expires: datetime


@dataclass
class RefreshTokenFamily:
    """All refresh tokens of one consent; only the last two generations are valid."""

    client_id: str
    scopes: frozenset[str]
    auth_event_id: str
    generation: int = 1
    rotated: datetime | None = None
    revoked: bool = False
    user_id: str = FIRST.user_id


@dataclass
class RefreshToken:
    """One refresh token of a family."""

    family: RefreshTokenFamily
    generation: int
    issued: datetime
