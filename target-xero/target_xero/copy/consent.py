"""``--yes``: consent, for one run, to copy into an organisation that has documents already."""

from __future__ import annotations

import click

_KEY = "target_xero.yes"


def _remember(context: click.Context, _option: click.Parameter, value: bool) -> None:  # noqa: FBT001  # click's own
    context.meta[_KEY] = value


YES = click.Option(
    ["--yes"],
    is_flag=True,
    expose_value=False,
    callback=_remember,
    help="Copy into an organisation that has documents already.",
)


def said_yes() -> bool:
    """Whether the command line has it."""
    context = click.get_current_context(silent=True)
    return bool(context is not None and context.meta.get(_KEY))
