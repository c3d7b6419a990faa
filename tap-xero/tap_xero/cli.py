"""The command ``tap-xero``."""

from __future__ import annotations

from xero_client.memory_tuning import imports_without_gc


def main() -> None:
    """Runs the Singer tap."""
    with imports_without_gc():
        from tap_xero.tap import TapXero  # noqa: PLC0415  # without the collector
    TapXero.cli()
