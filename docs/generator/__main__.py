"""Generates the pages in `docs/reference`, and tables of the READMEs. `make reference` runs it.

The settings, streams and columns come from the programs (`--about`, `--discover`), the facts about
entities from the entity table, and the errors from the docstrings of `xero_client.errors`.
"""

from __future__ import annotations

from pathlib import Path

from entity_pages import entities_page
from errors_page import errors_page
from fleet_arithmetic import page as fleet_arithmetic
from readme_tables import readmes
from settings_pages import settings_page
from stream_pages import catalog, columns_page, streams_page

ROOT = Path(__file__).resolve().parents[2]


def files() -> dict[Path, str]:
    """The text of each page, by its path in this repository."""
    streams = {stream["tap_stream_id"]: stream for stream in catalog()}
    pages = {
        "tap-settings.md": settings_page("tap-xero"),
        "target-settings.md": settings_page("target-xero"),
        "streams.md": streams_page(streams),
        "columns.md": columns_page(streams),
        "entities.md": entities_page(),
        "errors.md": errors_page(),
    }
    reference = {Path("docs/reference") / name: text for name, text in pages.items()}
    return {
        **reference,
        Path("docs/how-to/fleet-arithmetic.md"): fleet_arithmetic(),
        **readmes(ROOT),
    }


if __name__ == "__main__":
    for file, text in files().items():
        (ROOT / file).write_text(text, "utf-8")
