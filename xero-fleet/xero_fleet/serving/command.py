"""``xero fleet serve`` and ``link``: where it listens, and where its secrets come from."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import uvicorn

from xero_client.errors import SettingsError
from xero_client.login.consent import checked_redirect_uri
from xero_client.store.database import Store
from xero_fleet.registry.organisations import Organisations
from xero_fleet.serving.access import LOOPBACK
from xero_fleet.serving.app import Secrets, application
from xero_fleet.serving.consent import link_token
from xero_fleet.settings import FleetSettings

logger = logging.getLogger("xero-fleet")

TOKEN_VARIABLE = "XERO_FLEET_TOKEN"  # noqa: S105  # the name of a variable
WEBHOOK_VARIABLE = "XERO_FLEET_WEBHOOK_KEY"
SHORTEST_TOKEN = 24


def read_secret(file: Path | None, variable: str) -> str | None:
    """A secret from a file, else from a variable; None if neither has it.

    Raises:
        SettingsError: The file cannot be read, or is empty.
    """
    if file is None:
        return os.environ.get(variable) or None
    try:
        secret = file.read_text("utf-8").strip()
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        raise SettingsError(message) from None
    if not secret:
        message = f"{file} is empty: write the secret into it"
        raise SettingsError(message)
    return secret


def serve(settings: FleetSettings, store: Store, host: str, port: int, secrets: Secrets) -> None:
    """Serves until it is interrupted.

    Raises:
        SettingsError: Others could reach it without a token, or customers cannot reach it.
    """
    if settings.file.public_url:
        _check_public_url(settings.file.public_url)
    if host not in LOOPBACK and not secrets.token:
        message = (
            f"Others can reach {host}: set {TOKEN_VARIABLE} or --token-file to a long random text, "
            "which the page and the metrics then ask for"
        )
        raise SettingsError(message)
    if secrets.token and len(secrets.token) < SHORTEST_TOKEN:
        message = f"The token has fewer than {SHORTEST_TOKEN} characters: use a long random text"
        raise SettingsError(message)
    if not secrets.webhook_key:
        logger.info("Webhooks are off: set %s to the key from Xero's portal", WEBHOOK_VARIABLE)
    config = uvicorn.Config(
        application(settings, store, secrets),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,  # the paths of consent links are not for logs
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    logger.info("Serving on http://%s:%d", f"[{host}]" if ":" in host else host, port)
    server.run()


def consent_link(settings: FleetSettings, store: Store, text: str, secrets: Secrets) -> str:
    """The link that a user of an organisation opens to consent again.

    Raises:
        SettingsError: The address or the token is missing, or the organisation is not known.
    """
    if not settings.file.public_url:
        message = "Set 'public_url' to the address of `xero fleet serve`, as customers reach it"
        raise SettingsError(message)
    _check_public_url(settings.file.public_url)
    if not secrets.token:
        message = f"A link is signed with the token of `serve`: set {TOKEN_VARIABLE} to the same"
        raise SettingsError(message)
    tenant_id = Organisations(store).find(text).tenant_id
    token = link_token(secrets.token, tenant_id, time.time())
    return f"{settings.file.public_url.rstrip('/')}/consent/{token}"


def _check_public_url(url: str) -> None:
    """Checks that Xero sends a user back to an address after the consent.

    Raises:
        SettingsError: Xero does not accept it.
    """
    try:
        checked_redirect_uri(f"{url.rstrip('/')}/callback")
    except SettingsError:
        message = (
            f"Setting 'public_url' is {url!r}: Xero accepts https, or http://localhost with a port "
            "(not 127.0.0.1), such as https://fleet.example.com"
        )
        raise SettingsError(message) from None
