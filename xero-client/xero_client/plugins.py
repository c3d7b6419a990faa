"""The plugins whose settings the command ``xero`` reads, as their own packages describe them.

A package names its plugin by an entry point of the group ``xero.plugins``, whose value is a
``Plugin``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points

from xero_client.command_line.configuration import variable_prefix

GROUP = "xero.plugins"


@dataclass(frozen=True)
class Plugin:
    """A plugin of Meltano that uses the settings of a connection.

    Attributes:
        name: Its name, such as ``tap-xero``.
        writes: Whether it publishes to Xero; if not, it reads.
        example: A command that runs it with the file ``config.json``.
        meltano_example: A command that runs it in a Meltano project.
        meltano_login: The command that logs in, in a Meltano project.
        select_variable: The variable in which Meltano passes the selected streams; empty if there
            is none.
    """

    name: str
    writes: bool
    example: str
    meltano_example: str
    meltano_login: str
    select_variable: str = ""

    @property
    def variables(self) -> str:
        """The prefix of its variables."""
        return variable_prefix(self.name)


@cache
def installed_plugins() -> Mapping[str, Plugin]:
    """The plugins in this environment, by name."""
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return {point.name: point.load() for point in points}


def plugins_of(*, writes: bool | None) -> list[Plugin]:
    """The plugins in this environment.

    Args:
        writes: Whether those that publish, or those that read; None: both.
    """
    plugins = installed_plugins().values()
    return [plugin for plugin in plugins if writes is None or plugin.writes == writes]
