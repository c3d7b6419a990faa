"""The comparison at the end of a copy: the setting ``copy_verify``, or ``--verify FILE``."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from target_xero.books.backup import is_backup
from target_xero.books.command_options import open_books
from target_xero.books.organisation import connect_for_reading
from target_xero.verify.command import UNDECIDED, exit_code_of, making_of
from target_xero.verify.rendering import as_text
from target_xero.verify.run import Period, compare_organisations
from xero_client.cli_settings import with_stored_app
from xero_client.entities.access.purposes import READ
from xero_client.errors import XeroError


def verify_copy(source: Path | None, config: Mapping[str, Any]) -> int:
    """Compares the source of a copy with the target, and prints the result as an error output.

    The standard output has the STATE of the copy.

    Args:
        source: The configuration of tap-xero, or a backup; None for the variables of tap-xero.
        config: The configuration of the target.

    Returns:
        The exit code of ``target-xero verify``.
    """
    try:
        backup = source if source is not None and is_backup(source) else None
        file = source if backup is None else None
        settings = with_stored_app(dict(config))
        target = connect_for_reading(settings, f"target-xero/{version('singer-target-xero')}")
        books = open_books(file, backup, READ, None)
        comparison = compare_organisations(books, target, Period(), making_of(None))
    except XeroError as error:
        click.echo(f"The copy is not verified: {error}", err=True)
        return UNDECIDED
    click.echo(as_text(comparison), nl=False, err=True)
    return exit_code_of(comparison)
