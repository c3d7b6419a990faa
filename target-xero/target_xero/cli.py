"""The command ``target-xero``: the Singer target, ``verify`` and ``opening-balances``."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs ``verify`` or ``opening-balances`` if they are named, else the Singer target."""
    if sys.argv[1:2] == ["verify"]:
        # Each command imports only what it needs, because imports take most of its start.
        from target_xero.verify.command import verify  # noqa: PLC0415

        verify(sys.argv[2:], prog_name="target-xero verify")
    if sys.argv[1:2] == ["opening-balances"]:
        from target_xero.copy.command import command  # noqa: PLC0415

        command(sys.argv[2:], prog_name="target-xero opening-balances")
    from target_xero.copy.consent import YES  # noqa: PLC0415
    from target_xero.target import TargetXero  # noqa: PLC0415

    # The SDK's own entry point, which also sets up logging.
    command = TargetXero.cli
    command.params.append(YES)
    command(prog_name="target-xero")
