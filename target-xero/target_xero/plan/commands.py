"""``target-xero plan`` and ``target-xero apply``.

Both end with one of these exit codes: 0, all is well; 1, it could not be done; 2, an option is
wrong; 3, some records are refused; 4, a guard does not hold; 5, the plan cannot be applied.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from target_xero.build.streams.stream_rule import StreamRule
from target_xero.files.file_correction import FileCorrection
from target_xero.files.file_rows import file_rows, with_row_options
from target_xero.files.options import RowOptions, file_options
from target_xero.files.reading import ReadOptions
from target_xero.plan.applier import Applier, PlanCorrection
from target_xero.plan.contents import Plan
from target_xero.plan.guards import ANY_CURRENCY, Guards
from target_xero.plan.page import as_html, as_text
from target_xero.plan.plan_file import PlanRefusedError, read_plan, write_plan, write_private
from target_xero.plan.planner import Planner
from target_xero.report.errors import RejectsError
from target_xero.report.exit_codes import exit_on_error
from target_xero.report.results import Results
from target_xero.run.correction import Correction
from target_xero.target import TargetXero

REFUSED_RECORDS = 3
GUARD_FAILED = 4
REFUSED_PLAN = 5

MAX_SHOWN = 20
_CURRENCY_LETTERS = 3

logger = logging.getLogger("target-xero")


class _Amounts(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    name = "amount"

    def convert(
        self,
        value: Any,  # noqa: ANN401  # click's own
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, Decimal]:
        """A currency (empty for any) and an amount."""
        if isinstance(value, tuple):
            return value
        currency, _, text = str(value).rpartition("=")
        currency = currency.strip().upper()
        try:
            amount = Decimal(text.strip())
        except InvalidOperation:
            amount = Decimal("nan")
        is_code = currency.isalpha() and len(currency) == _CURRENCY_LETTERS
        if not amount.is_finite() or not (is_code or currency == ANY_CURRENCY):
            self.fail(f"{value!r} is not an amount like 1234.50 or EUR=1234.50", param, ctx)
        return currency, amount


def _by_currency(
    _context: click.Context, _option: click.Parameter, values: Sequence[tuple[str, Decimal]]
) -> dict[str, Decimal]:
    amounts: dict[str, Decimal] = {}
    for currency, amount in values:
        if currency in amounts:
            message = f"two amounts for {currency or 'any currency'}"
            raise click.BadParameter(message)
        amounts[currency] = amount
    return amounts


_GUARDS: Sequence[Callable[[Any], Any]] = (
    click.option(
        "--expect-total",
        "expected_totals",
        type=_Amounts(),
        multiple=True,
        callback=_by_currency,
        help="What all that is created or changed must sum to: 1234.50, or EUR=1234.50.",
    ),
    click.option(
        "--max-amount",
        "max_amounts",
        type=_Amounts(),
        multiple=True,
        callback=_by_currency,
        help="The most that one document may be: 5000, or EUR=5000.",
    ),
    click.option(
        "--no-overwrite",
        is_flag=True,
        help="Nothing that exists in Xero may be changed or removed.",
    ),
)
_CONFIG = click.option(
    "--config", multiple=True, help="Configuration of target-xero; ENV: the variables."
)


def _with_guards(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_GUARDS):
        command = option(command)
    return command


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@_CONFIG
@click.option(
    "--input",
    "input_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Singer messages, instead of FILE. Default: standard input.",
)
@file_options(entity_is_required=False)
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(dir_okay=False, path_type=Path),
    default="xero-plan.json",
    show_default=True,
    help="The file that `target-xero apply` takes.",
)
@click.option(
    "--html",
    "html_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The page to approve. Default: the plan's name with .html.",
)
@_with_guards
def plan(  # noqa: PLR0913  # one for each option
    *,
    file: Path | None,
    config: tuple[str, ...],
    input_file: Path | None,
    rows: RowOptions,
    reading: ReadOptions,
    plan_file: Path,
    html_file: Path | None,
    expected_totals: Mapping[str, Decimal],
    max_amounts: Mapping[str, Decimal],
    no_overwrite: bool,
) -> None:
    """Writes what `target-xero import` would do with FILE, or the target with Singer messages.

    Sends nothing. FILE is a CSV or XLSX file, and needs --entity. The options --entity to
    --delimiter are those of `target-xero import`.

    Without --config, the settings are the variables TARGET_XERO_... and the login of `xero login`.
    """
    guards = Guards(expected_totals, max_amounts, no_overwrite)
    _check_input(file, input_file, rows, reading)
    with _ended_well(), ExitStack() as files:
        settings: Mapping[str, Any] = TargetXero.configuration(config)
        messages: Iterable[str] | Iterable[bytes] | None = None
        delimiter = ""
        if file is not None:
            read = file_rows(file, settings, rows, reading)
            settings, rows, messages = read.settings, read.options, read.messages()
            delimiter = read.delimiter_of_rejects
            if read.has_points:
                # The file of rejects alone may not show it.
                rows = replace(rows, decimal_comma=False)
        else:
            settings = with_row_options(settings, rows) if rows.entity else settings
            if input_file is not None:
                messages = files.enter_context(input_file.open(encoding="utf-8"))
        make_plan(
            settings,
            messages,
            guards,
            plan_file,
            html_file,
            rows=rows,
            delimiter=delimiter,
        )


def _check_input(
    file: Path | None, input_file: Path | None, rows: RowOptions, reading: ReadOptions
) -> None:
    """Checks that the options go together.

    Raises:
        UsageError: They do not.
    """
    problem = ""
    if file is not None and input_file is not None:
        problem = "give a CSV or XLSX file, or Singer messages with --input, not both"
    elif file is not None and rows.entity is None:
        problem = "a file needs --entity: what its rows are, such as bills"
    elif file is None and reading != ReadOptions():
        problem = "--sheet, --heading-line, --encoding and --delimiter need a CSV or XLSX file"
    elif rows.entity is None and rows != RowOptions():
        problem = "the options of rows need --entity: the stream that they are for"
    if problem:
        raise click.UsageError(problem)


def make_plan(
    config: Mapping[str, Any],
    messages: Iterable[str] | Iterable[bytes] | None,
    guards: Guards,
    plan_file: Path,
    html_file: Path | None = None,
    *,
    rows: RowOptions | None = None,
    delimiter: str = "",
) -> None:
    """Makes a plan of Singer messages, and writes its file and its page.

    Args:
        config: The target's configuration.
        messages: The messages: a text file, or any iterable of lines; None for standard input.
        guards: What the plan is checked against.
        plan_file: The file of the plan.
        html_file: The page; None for one beside the plan.
        rows: What the rows of a file are, for the rejects of the plan.
        delimiter: The delimiter for the rejects of a file; empty if the input is not a file.

    Raises:
        XeroError: Xero cannot be read, or a setting is wrong.
        SystemExit: Records are refused, or a guard does not hold.
    """
    with closing(Planner(config)) as planner:
        planner.take(messages)
        made = planner.plan(guards, rows or RowOptions(), delimiter)
    page = html_file or plan_file.with_suffix(".html")
    write_plan(made, plan_file)
    write_private(page, as_html(made, plan_file.name).encode())
    click.echo(as_text(made), nl=False)
    click.echo(f"Plan {made.plan_id} is in {plan_file}, and the page to approve in {page}.")
    if not planner.has_schema:
        logger.warning(
            "The input had no SCHEMA message, so the plan is empty: the tap may have failed"
        )
    for document in made.refused[:MAX_SHOWN]:
        is_in_title = document.origin.partition(" of stream ")[0] in document.title
        where = "" if is_in_title else f" ({document.origin})"
        logger.warning("refused: %s%s: %s", document.title, where, document.why)
    if len(made.refused) > MAX_SHOWN:
        logger.warning("and %d more, in the plan", len(made.refused) - MAX_SHOWN)
    _check_guards(made)
    if made.refused:
        sys.exit(REFUSED_RECORDS)


@click.command("apply", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("plan_file", metavar="PLAN", type=click.Path(dir_okay=False, path_type=Path))
@_CONFIG
@_with_guards
def apply_plan(
    *,
    plan_file: Path,
    config: tuple[str, ...],
    expected_totals: Mapping[str, Decimal],
    max_amounts: Mapping[str, Decimal],
    no_overwrite: bool,
) -> None:
    """Sends what PLAN says, once, and nothing else. What has changed in Xero since is refused."""
    with _ended_well():
        made = read_plan(plan_file)
        settings = TargetXero.configuration(config)
        guards = Guards(expected_totals, max_amounts, no_overwrite)
        _check_guards(made, guards)
        with closing(Applier(settings, _correcting(made, settings, config))) as applier:
            applied = applier.applied(made)
            if applied is not None:
                click.echo(f"Plan {made.plan_id} was applied at {applied.at}: nothing is sent.")
                if applied.refused and settings.get("on_reject") != "skip":
                    message = (
                        f"{applied.refused:,} of its {len(made.sent):,} records were not published "
                        "then: make another plan of the rejects file of that run"
                    )
                    raise RejectsError(message)
                return
            applier.apply(made)
        click.echo(f"Plan {made.plan_id} is applied: {len(made.sent):,} sent.")


def _correcting(
    made: Plan, settings: Mapping[str, Any], config: Sequence[str]
) -> Callable[[Results], Correction]:
    """Makes what says where rejects can be corrected, and how another plan is made of them."""
    rows, words = made.rows, [word for name in config for word in ("--config", name)]
    if not made.delimiter:
        return lambda results: PlanCorrection(results, [*words, *rows.words])
    stream = rows.entity or ""
    rule = StreamRule.from_config(stream, settings)
    return lambda results: FileCorrection(
        results,
        stream,
        made.delimiter,
        lambda rejects: ["target-xero", "plan", str(rejects), *words, *rows.words],
        decimal_comma=rule.decimal_comma or bool(rows.decimal_comma),
    )


def _check_guards(made: Plan, guards: Guards | None = None) -> None:
    """Ends the command if a guard does not hold: one of the plan's own, or one of ``guards``."""
    own = guards or Guards()
    knows_amounts = bool(made.base_currency)
    checked = [*made.guards, *own.checked(made.documents, knows_amounts=knows_amounts)]
    problems = [(guard, problem) for guard in checked for problem in guard.problems]
    for guard, problem in problems[:MAX_SHOWN]:
        logger.error("%s: %s", f"{guard.option} {guard.value}".strip(), problem)
    if len(problems) > MAX_SHOWN:
        logger.error("and %d more", len(problems) - MAX_SHOWN)
    if problems:
        logger.error("A guard does not hold: nothing was sent. Correct the input, and plan again")
        sys.exit(GUARD_FAILED)


@contextmanager
def _ended_well() -> Iterator[None]:
    """On an error, logs what to do as the last line, and exits with the code of its kind."""
    if not logging.getLogger().handlers:
        logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    with exit_on_error():
        try:
            yield
        except PlanRefusedError as error:
            logger.error("Nothing was sent: %s", error)  # noqa: TRY400  # the message says it
            sys.exit(REFUSED_PLAN)
        except RejectsError as error:
            logger.error("%s", error)  # noqa: TRY400  # the same
            sys.exit(REFUSED_RECORDS)
