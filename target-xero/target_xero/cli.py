"""The command ``target-xero``: the Singer target, and the commands beside it."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from xero_client.memory_tuning import imports_without_gc

# The commands, and where they are. Each is imported only if it is used, because imports take most
# of the start of a program.
COMMANDS = {
    "import": "target_xero.files.command:import_file",
    "plan": "target_xero.plan.commands:plan",
    "apply": "target_xero.plan.commands:apply_plan",
    "verify": "target_xero.verify.command:verify",
    "opening-balances": "target_xero.copy.command:command",
}


def command_named(name: str) -> click.Command:
    """The command with a name.

    Raises:
        KeyError: No command has this name.
    """
    module, _, attribute = COMMANDS[name].partition(":")
    command: click.Command = getattr(import_module(module), attribute)
    return command


class CommandGroup(click.Group):
    """The Singer target, which runs if no command is named, and the commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # as in click
        """Their names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # as in click
        """The command with a name; None if no command has it."""
        return command_named(cmd_name) if cmd_name in COMMANDS else None


def main() -> None:
    """Runs the command that is named first, else the Singer target."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    is_command = name in COMMANDS
    with imports_without_gc():
        command = command_named(name) if is_command else group()
    if is_command:
        command(sys.argv[2:], prog_name=f"target-xero {name}")
    else:
        command(prog_name="target-xero")


def group() -> click.Group:
    """The program with all of its options and commands."""
    from target_xero.books.command_options import VERIFY  # noqa: PLC0415  # imported only if used
    from target_xero.copy.consent import YES  # noqa: PLC0415  # the same
    from target_xero.target import TargetXero  # noqa: PLC0415  # the same

    # The SDK's own entry point, which also sets up logging.
    singer: click.Command = TargetXero.cli
    return CommandGroup(
        "target-xero",
        params=[*singer.params, YES, VERIFY],
        callback=_runner(singer),
        invoke_without_command=True,
        help="Publishes Singer messages to Xero. The commands do it with files, or check a copy.",
        context_settings=singer.context_settings,
        subcommand_metavar="[COMMAND [ARGS]...]",
    )


def _run_target(context: click.Context, singer: click.Command) -> None:
    """Runs the target, and compares the books after a copy if an option or a setting says so."""
    from target_xero.books.command_options import source_to_verify  # noqa: PLC0415  # as above
    from xero_client.command_line.configuration import ENVIRONMENT  # noqa: PLC0415  # as above

    config = context.params.get("config")
    settings = config.config if config is not None else {}
    option, setting = source_to_verify(), settings.get("copy_verify")
    is_copy = settings.get("references") == "translate"
    if option is not None and (not is_copy or settings.get("dry_run")):
        message = "--verify is for a copy: 'references': 'translate', and not a dry run"
        raise click.UsageError(message)
    if (option is None and not setting) or settings.get("dry_run"):
        singer.invoke(context)
        return
    source = option or (None if setting == ENVIRONMENT else Path(str(setting)))
    problem = ""
    if not is_copy:
        problem = "is for a copy: set references to translate, or leave copy_verify out"
    elif source is not None and not source.is_file():
        problem = f"is {setting!r}, which is not a file: give the configuration of tap-xero, the "
        problem += "backup that is copied, or ENV"
    if problem:
        click.echo(f"Error: the setting copy_verify {problem}", err=True)
        sys.exit(1)
    try:
        singer.invoke(context)
    except SystemExit as ended:
        if ended.code:
            click.echo("The copy is not verified, because not all of it was published", err=True)
            raise
    from target_xero.verify.after_copy import verify_copy  # noqa: PLC0415  # as above

    sys.exit(verify_copy(source, settings))


def _runner(singer: click.Command) -> Any:  # noqa: ANN401  # a callback of click
    @click.pass_context
    def run(context: click.Context, /, **options: Any) -> None:  # noqa: ANN401  # the SDK's own options
        if context.invoked_subcommand is None:
            context.params = options
            _run_target(context, singer)
            return
        message = (
            f"write the command first: target-xero {context.invoked_subcommand}, then its options"
        )
        raise click.UsageError(message)

    return run
