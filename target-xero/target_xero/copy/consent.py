"""``--yes``: consent, for one run, to copy into an organisation that has documents already."""

from __future__ import annotations

import click

_KEY = "target_xero.yes"


def _store(context: click.Context, _option: click.Parameter, value: bool) -> None:  # noqa: FBT001  # click calls it so
    context.meta[_KEY] = value


YES = click.Option(
    ["--yes"],
    is_flag=True,
    expose_value=False,
    callback=_store,
    help="Copy into an organisation that has documents already.",
)


def has_consent() -> bool:
    """Whether ``--yes`` is on the command line."""
    context = click.get_current_context(silent=True)
    return bool(context is not None and context.meta.get(_KEY))
