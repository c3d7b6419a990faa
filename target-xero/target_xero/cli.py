"""The command ``target-xero``: a Singer target, and beside it what proves a copy."""

from __future__ import annotations

import sys


def main() -> None:
    """Publishes what comes in; ``target-xero verify`` compares two organisations."""
    if sys.argv[1:2] == ["verify"]:
        # Each command starts without what only the other needs.
        from target_xero.verification.command import verify  # noqa: PLC0415

        verify(sys.argv[2:], prog_name="target-xero verify")
    from target_xero.target import TargetXero  # noqa: PLC0415

    TargetXero.cli()
