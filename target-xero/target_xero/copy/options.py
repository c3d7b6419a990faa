"""The settings that copying reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from target_xero.books.command_options import source_to_verify
from target_xero.copy.consent import has_consent
from xero_client.entities.children import ATTACHMENTS


@dataclass(frozen=True)
class CopyOptions:
    """The settings that copying reads.

    Attributes:
        yes: Whether to copy into an organisation that has documents already.
        copy_voided: Whether voided and deleted documents are created, and then voided or deleted.
        dry_run: Whether nothing is sent.
        batch_size: Maximum number of records in a call.
        copy_attachments: Whether to copy attachments; None to copy those that arrive.
        copy_history: Whether to copy notes; None to copy those that arrive.
        opening_balances: File with the opening balances of the source; None to leave those of the
            target as they are.
        fail_fast: Whether to stop after the first record that is not published.
        is_verified: Whether the copy is compared with its source at the end.
    """

    yes: bool = False
    copy_voided: bool = False
    copy_attachments: bool | None = None
    copy_history: bool | None = None
    dry_run: bool = False
    batch_size: int = 50
    opening_balances: Path | None = None
    fail_fast: bool = False
    is_verified: bool = False

    def copies_child(self, name: str) -> bool | None:
        """The setting for a child stream: ``Attachments`` or ``History``."""
        return self.copy_attachments if name == ATTACHMENTS else self.copy_history

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> CopyOptions:
        """Reads the options from the target's configuration and from the command line."""
        opening_balances = config.get("opening_balances")
        return cls(
            yes=bool(config["yes"]) or has_consent(),
            copy_voided=bool(config["copy_voided"]),
            copy_attachments=config.get("copy_attachments"),
            copy_history=config.get("copy_history"),
            dry_run=bool(config["dry_run"]),
            batch_size=int(config["batch_size"]),
            opening_balances=Path(opening_balances) if opening_balances else None,
            fail_fast=config["on_reject"] == "fail_fast",
            is_verified=bool(config.get("copy_verify")) or source_to_verify() is not None,
        )
