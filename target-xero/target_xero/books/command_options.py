"""What the commands that read books share: types of options, and the organisation to read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from target_xero.books.backup import BackupBooks
from target_xero.books.organisation import Books, ReadOrganisation, connect_for_reading
from xero_client.cli_settings import read_cli_config, with_stored_app
from xero_client.errors import SettingsError


class _Date(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    name = "date"

    def convert(
        self,
        value: Any,  # noqa: ANN401  # click's own
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date like 2026-01-31", param, ctx)


DATE = _Date()
CONFIG = click.Path(exists=True, dir_okay=False, path_type=Path)
BACKUP = click.Path(exists=True, dir_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


_VERIFY_KEY = "target_xero.verify"


def _store(context: click.Context, _option: click.Parameter, value: Path | None) -> None:
    context.meta[_VERIFY_KEY] = value


VERIFY = click.Option(
    ["--verify", "verified_source"],
    type=CONFIG,
    expose_value=False,
    callback=_store,
    help=(
        "After a copy, compare the books with the source: the configuration of tap-xero, or the "
        "backup that was copied. Exits with 1 if they differ."
    ),
)


def source_to_verify() -> Path | None:
    """The file of ``--verify``; None if it is not on the command line."""
    context = click.get_current_context(silent=True)
    found: Path | None = context.meta.get(_VERIFY_KEY) if context is not None else None
    return found


def open_books(config: Path | None, backup: Path | None, half: str, tenant_id: str | None) -> Books:
    """The books in a backup if there is one, else those of the configured organisation.

    Raises:
        XeroError: They cannot be read.
    """
    if backup is None:
        return connect_configured(config, half, tenant_id)
    if config is not None:
        message = "Choose either a configuration or a backup of the source, not both"
        raise SettingsError(message)
    return BackupBooks(backup, tenant_id)


def connect_configured(file: Path | None, half: str, tenant_id: str | None) -> ReadOrganisation:
    """Connects to the organisation in a configuration file, or in the variables of a half.

    Raises:
        XeroError: It cannot be reached.
    """
    config = _config(file, half, tenant_id)
    return connect_for_reading(config, f"target-xero/{version('singer-target-xero')}")


def _config(file: Path | None, half: str, tenant_id: str | None) -> Mapping[str, Any]:
    # With a file, the variables are not read: they may be those of the other organisation.
    environ = os.environ if file is None else {}
    config = read_cli_config(file, half, environ, {"tenant_id": tenant_id})
    return with_stored_app(config)
