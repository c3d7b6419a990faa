"""The login command as the user typed it, which an error repeats."""

from __future__ import annotations

from dataclasses import dataclass

import click
from click.core import ParameterSource

# The parameters of the command that say which scopes are requested.
SCOPE_PARAMETERS = frozenset(
    {"purposes", "streams", "catalog", "scopes", "write", "read_only", "replace"}
)

# Parameters of one try only.
ONE_TRY_PARAMETERS = frozenset({"timeout"})


@dataclass(frozen=True)
class TypedOption:
    """An option or argument that the user typed.

    Attributes:
        words: Its words, such as ``--grant`` and its value.
        says_scopes: Whether it says which scopes are requested.
    """

    words: tuple[str, ...]
    says_scopes: bool


@dataclass(frozen=True)
class TypedCommand:
    """The command that the user typed, to be run again.

    Attributes:
        whole: With all of its options and arguments.
        without_scopes: Without those that say which scopes are requested.
    """

    whole: str
    without_scopes: str


def typed_options(context: click.Context) -> tuple[TypedOption, ...]:
    """The options and arguments of a command that the user typed."""
    typed: list[TypedOption] = []
    words: list[tuple[str, ...]]
    for parameter in context.command.get_params(context):
        name = parameter.name or ""
        is_typed = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if not is_typed or name in ONE_TRY_PARAMETERS:
            continue
        value = context.params[name]
        values = [str(each) for each in (value if isinstance(value, tuple) else (value,))]
        if not isinstance(parameter, click.Option):
            words = [(each,) for each in values]
        elif parameter.is_flag:
            words = [(parameter.opts[0],)]
        else:
            words = [(parameter.opts[0], each) for each in values]
        typed += [TypedOption(each, name in SCOPE_PARAMETERS) for each in words]
    return tuple(typed)
