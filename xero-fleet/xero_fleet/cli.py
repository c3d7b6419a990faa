"""``xero fleet``: the commands that an engine, a person or a timer runs."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path

import click

from xero_client.errors import SettingsError
from xero_client.store.database import Store
from xero_fleet.registry.database import open_store, present
from xero_fleet.settings import FleetSettings, read_settings

logger = logging.getLogger("xero-fleet")

# A worker that finds that its batch moved ends with this code: there is nothing to repair.
LEASE_LOST_CODE = 4


@click.group()
def fleet() -> None:
    """Reads many organisations on a schedule.

    An engine runs `sync`, `plan`, `run` for each batch that `plan` prints, and `settle`, again and
    again. On one machine: xero fleet plan | xargs -r -P 4 -n 1 xero fleet run
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logger.setLevel(logging.INFO)


def fleet_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds ``--fleet``, and passes the settings and the open state database to the command."""

    @click.option(
        "--fleet",
        "file",
        type=click.Path(dir_okay=False, path_type=Path),
        default=Path("fleet.json"),
        envvar="XERO_FLEET_CONFIG",
        show_default=True,
        show_envvar=True,
        help="The fleet's settings.",
    )
    @wraps(command)
    def with_fleet(file: Path, **options: object) -> None:
        with _opened(file) as (settings, store):
            command(settings, store, **options)

    return with_fleet


def login_name(grant: str) -> str:
    """A grant as a person knows it."""
    return f"login {grant}" if grant else "login without a name"


@contextmanager
def _opened(file: Path) -> Iterator[tuple[FleetSettings, Store]]:
    settings = read_settings(file)
    with open_store(settings.connection) as store:
        yield settings, store


@fleet.command()
@fleet_options
@click.option("--due", is_flag=True, help="Ask only for logins not asked within 'sync_every'.")
def sync(settings: FleetSettings, store: Store, *, due: bool) -> None:
    """Takes over which organisations the logins are connected to.

    New ones are added, those that are not connected any more are paused, and those that came back
    go on.
    """
    from xero_fleet.sync import sync as sync_fleet  # noqa: PLC0415  # other commands start faster

    found = sync_fleet(settings, store, present(store), only_due=due)
    for grant, report in found.reports.items():
        for what, names in (
            ("added", report.added),
            ("connected again", report.resumed),
            ("paused, not connected any more", report.disconnected),
        ):
            for name in names:
                click.echo(f"{name}: {what} ({login_name(grant)})")
    for grant, paused in found.ended.items():
        what = f"{len(paused)} organisations are paused now" if paused else "they stay paused"
        click.echo(
            f"Xero does not accept the {login_name(grant)} of organisations any more: {what}. "
            "`xero fleet status` says how each of them comes back",
            err=True,
        )
    if found.errors:
        what = "; ".join(f"{login_name(grant)}: {error}" for grant, error in found.errors.items())
        message = f"Not all logins could be asked: {what}"
        raise click.ClickException(message)


@fleet.command()
@fleet_options
@click.option("--json", "as_json", is_flag=True, help="Print the ids as one JSON list.")
@click.option("--dry-run", is_flag=True, help="Print what would be planned, and write nothing.")
def plan(settings: FleetSettings, store: Store, *, as_json: bool, dry_run: bool) -> None:
    """Plans the next batches, and prints their ids, one on a line."""
    from xero_fleet.dispatch import planned_now, preview  # noqa: PLC0415  # the same

    if dry_run:
        decided = preview(settings, store, present(store))
        for each in decided.batches:
            click.echo(
                f"{each.pipeline} {each.work_class}: {len(each.tenant_ids)} organisations, "
                f"{each.calls:.0f} calls, {each.seconds:.0f} s"
            )
    else:
        batches, decided = planned_now(settings, store, present(store))
        ids = [batch.batch_id for batch in batches]
        click.echo(json.dumps(ids) if as_json else "".join(f"{each}\n" for each in ids), nl=as_json)
    for reason, number in decided.waiting.items():
        click.echo(f"{number} organisations wait: {reason}", err=True)


@fleet.command()
@click.argument("batch")
@fleet_options
def run(settings: FleetSettings, store: Store, *, batch: str) -> None:
    """Runs one BATCH.

    The exit code is 0 if the batch ended, also if organisations failed: `settle` and `status` name
    them. It is 4 if another worker has the batch.
    """
    from xero_fleet.registry.leases import LeaseLostError  # noqa: PLC0415  # the same
    from xero_fleet.running.batch_run import BatchRun  # noqa: PLC0415  # the same

    try:
        report = BatchRun(settings, store).run(batch)
    except LeaseLostError as error:
        click.echo(f"Error: {error}", err=True)
        raise click.exceptions.Exit(LEASE_LOST_CODE) from None
    if report.was_over:
        click.echo(f"Batch {batch} is over: nothing to do")
        return
    done = "published to" if report.is_publishing else "read"
    click.echo(
        f"Batch {batch}: {report.whole} organisations {done}, {len(report.failed)} not whole"
    )


@fleet.command()
@fleet_options
def settle(settings: FleetSettings, store: Store) -> None:
    """Takes back the batches of dead workers, deletes old results, and says what needs a person."""
    from xero_fleet.dispatch import settled_now  # noqa: PLC0415  # the same
    from xero_fleet.status.report import fleet_status  # noqa: PLC0415  # the same
    from xero_fleet.status.text import status_lines  # noqa: PLC0415  # the same

    for batch_id in settled_now(settings, store, present(store)):
        click.echo(f"Batch {batch_id} has no worker any more: its organisations are due again")
    for line in status_lines(fleet_status(settings, store, present(store))):
        click.echo(line)


@fleet.command()
@fleet_options
@click.option("--all", "show_all", is_flag=True, help="Show all organisations.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--check", is_flag=True, help="Exit with 1 if something needs a person.")
def status(
    settings: FleetSettings, store: Store, *, show_all: bool, as_json: bool, check: bool
) -> None:
    """Says which organisations are late, why, and what to do."""
    from xero_fleet.status.report import fleet_status  # noqa: PLC0415  # the same
    from xero_fleet.status.text import status_lines  # noqa: PLC0415  # the same

    current = fleet_status(settings, store, present(store))
    for line in (
        [json.dumps(current.as_json(), indent=2)]
        if as_json
        else status_lines(current, show_all=show_all)
    ):
        click.echo(line)
    if check and current.needs_attention:
        raise click.exceptions.Exit(1)


@fleet.command()
@fleet_options
@click.option("--days", type=click.FloatRange(min=0.1), default=7.0, show_default=True)
def forecast(settings: FleetSettings, store: Store, *, days: float) -> None:
    """Says what a month receives and costs, from the runs of the last days."""
    from xero_fleet.status.forecast import forecast as forecast_month  # noqa: PLC0415  # the same
    from xero_fleet.status.text import forecast_lines  # noqa: PLC0415  # the same

    for line in forecast_lines(forecast_month(store, settings.file.app_tier, present(store), days)):
        click.echo(line)


@fleet.command()
@click.argument("organisation")
@click.option("--why", default="a person paused it", help="What `status` says.")
@fleet_options
def pause(settings: FleetSettings, store: Store, *, organisation: str, why: str) -> None:
    """Stops all further runs of one ORGANISATION (id or name)."""
    from xero_fleet.registry.organisations import Organisations  # noqa: PLC0415  # the same

    registry = Organisations(store)
    found = registry.find(organisation)
    registry.pause(found.tenant_id, why, present(store))
    click.echo(f"Paused {found}: `xero fleet resume {found.tenant_id}` goes on")
    _ = settings


@fleet.command()
@click.argument("organisation")
@fleet_options
def resume(settings: FleetSettings, store: Store, *, organisation: str) -> None:
    """Ends the pause of one ORGANISATION (id or name)."""
    from xero_fleet.registry.organisations import Organisations  # noqa: PLC0415  # the same

    registry = Organisations(store)
    found = registry.find(organisation)
    if not found.connected:
        message = (
            f"{found} is not connected to the app: `xero fleet link {found.tenant_id}` makes a "
            "link with which its user connects it again, and then `xero fleet sync` resumes it"
        )
        raise SettingsError(message)
    registry.resume(found.tenant_id, present(store))
    click.echo(f"{found} is due now")
    _ = settings


@fleet.command()
@click.argument("organisation")
@click.argument("tier")
@fleet_options
def move(settings: FleetSettings, store: Store, *, organisation: str, tier: str) -> None:
    """Moves one ORGANISATION (id or name) to another TIER of the settings."""
    from xero_fleet.registry.organisations import Organisations  # noqa: PLC0415  # the same

    if tier not in settings.file.tiers:
        message = f"Tier {tier!r} is not in the settings: {', '.join(settings.file.tiers)}"
        raise SettingsError(message)
    registry = Organisations(store)
    found = registry.find(organisation)
    registry.move(found.tenant_id, tier)
    click.echo(f"{found} is in tier {tier}")


@fleet.command()
@click.argument("organisation")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@fleet_options
def forget(settings: FleetSettings, store: Store, *, organisation: str, yes: bool) -> None:
    """Deletes all that the fleet knows of one ORGANISATION (id or name): its state, too."""
    from xero_fleet.registry.organisations import Organisations  # noqa: PLC0415  # the same

    registry = Organisations(store)
    found = registry.find(organisation)
    if not yes:
        click.confirm(f"Delete the state and the results of {found}?", abort=True)
    registry.forget(found.tenant_id)
    click.echo(f"Forgot {found}. What is loaded stays in the warehouse")
    if found.connected:
        click.echo(
            "It is still connected, so the next sync adds it again, as a first read: disconnect it "
            f"with `xero logout {found.tenant_id}`",
            err=True,
        )
    _ = settings


TOKEN_FILE = click.option(
    "--token-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file with the token that the page asks for, instead of XERO_FLEET_TOKEN.",
)


@fleet.command()
@fleet_options
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8790, type=click.IntRange(1, 65_535), show_default=True)
@TOKEN_FILE
@click.option(
    "--webhook-key-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file with the webhook's key, instead of XERO_FLEET_WEBHOOK_KEY.",
)
def serve(
    settings: FleetSettings,
    store: Store,
    *,
    host: str,
    port: int,
    token_file: Path | None,
    webhook_key_file: Path | None,
) -> None:
    """Serves the page, /metrics, /webhooks and consent links; on loopback unless told otherwise."""
    from xero_fleet.serving import command  # noqa: PLC0415  # the same
    from xero_fleet.serving.app import Secrets  # noqa: PLC0415  # the same

    secrets = Secrets(
        command.read_secret(token_file, command.TOKEN_VARIABLE),
        command.read_secret(webhook_key_file, command.WEBHOOK_VARIABLE),
    )
    command.serve(settings, store, host, port, secrets)


@fleet.command()
@click.argument("organisation")
@fleet_options
@TOKEN_FILE
def link(
    settings: FleetSettings, store: Store, *, organisation: str, token_file: Path | None
) -> None:
    """Prints the link with which a user of one ORGANISATION (id or name) consents again."""
    from xero_fleet.serving import command  # noqa: PLC0415  # the same
    from xero_fleet.serving.app import Secrets  # noqa: PLC0415  # the same

    secrets = Secrets(command.read_secret(token_file, command.TOKEN_VARIABLE), None)
    click.echo(command.consent_link(settings, store, organisation, secrets))
