"""What the settings say of copying."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from target_xero.copy.consent import said_yes
from xero_client.entities.children import ATTACHMENTS


@dataclass(frozen=True)
class Wishes:
    """What the settings say of copying.

    Attributes:
        yes: Whether to copy into an organisation that has documents already.
        copy_voided: Whether voided and deleted documents are made, and removed again.
        dry_run: Whether nothing is sent.
        batch_size: Records a call at most.
        copy_attachments: Whether files are; None for those that come.
        copy_history: Whether notes are; None for those that come.
        opening_balances: File of what the source began with; None leaves the target's own alone.
        fail_fast: Whether to stop after the first record that is not published.
    """

    yes: bool = False
    copy_voided: bool = False
    copy_attachments: bool | None = None
    copy_history: bool | None = None
    dry_run: bool = False
    batch_size: int = 50
    opening_balances: Path | None = None
    fail_fast: bool = False

    def below(self, name: str) -> bool | None:
        """What is wanted of a kind of child: ``Attachments``, ``History``."""
        return self.copy_attachments if name == ATTACHMENTS else self.copy_history

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Wishes:
        """What the target's configuration says, and the command line."""
        opening_balances = config.get("opening_balances")
        return cls(
            yes=bool(config["yes"]) or said_yes(),
            copy_voided=bool(config["copy_voided"]),
            copy_attachments=config.get("copy_attachments"),
            copy_history=config.get("copy_history"),
            dry_run=bool(config["dry_run"]),
            batch_size=int(config["batch_size"]),
            opening_balances=Path(opening_balances) if opening_balances else None,
            fail_fast=config["on_reject"] == "fail_fast",
        )
