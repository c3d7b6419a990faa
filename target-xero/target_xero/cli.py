"""The command ``target-xero``: a Singer target, and beside it what a copy needs."""

from __future__ import annotations

import sys


def main() -> None:
    """Publishes what comes in; ``verify`` and ``opening-balances`` are commands of their own."""
    if sys.argv[1:2] == ["verify"]:
        # Each command starts without what only the other needs.
        from target_xero.verify.command import verify  # noqa: PLC0415

        verify(sys.argv[2:], prog_name="target-xero verify")
    if sys.argv[1:2] == ["opening-balances"]:
        from target_xero.copy.command import command  # noqa: PLC0415

        command(sys.argv[2:], prog_name="target-xero opening-balances")
    from target_xero.copy.consent import YES  # noqa: PLC0415
    from target_xero.target import TargetXero  # noqa: PLC0415

    # What the SDK's own entry point is, with its logging set up.
    command = TargetXero.cli
    command.params.append(YES)
    command(prog_name="target-xero")
