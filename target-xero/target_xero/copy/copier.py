"""Copies an organisation: gathers its records, then does what they ask for, phase by phase."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from target_xero.copy import opening_balances as opening
from target_xero.copy.collector import Gathering
from target_xero.copy.execute.executor import Doing
from target_xero.copy.execute.publication_builders import Planners
from target_xero.copy.execute.removal import remove_gone
from target_xero.copy.execute.run import CopyRun
from target_xero.copy.mapping.id_map import Known
from target_xero.copy.mapping.regions import Regions, regions_of
from target_xero.copy.mapping.tax_rates import OwnRates
from target_xero.copy.options import Wishes
from target_xero.copy.rules.files_and_notes import BELOW
from target_xero.copy.schedule.deletions import Census
from target_xero.copy.schedule.scheduler import (
    BELOW_SETTINGS,
    Plans,
    lay_out,
    record_in,
    skipped,
    tracked_items,
)
from target_xero.copy.steps import Phase
from target_xero.delivery.connection import ConnectedOrganisation
from target_xero.delivery.publisher import RunStoppedError
from target_xero.report.reporter import Reporter
from xero_client.store.database import Store

logger = logging.getLogger("target-xero")


class Copier:
    """Copies one organisation into another."""

    def __init__(
        self,
        organisation: ConnectedOrganisation,
        store: Store,
        reporter: Reporter,
        run_id: str,
        config: Mapping[str, Any],
    ) -> None:
        """Prepares the spool.

        Args:
            organisation: The target.
            store: The state database.
            reporter: Ends records.
            run_id: This run.
            config: The target's configuration.

        Raises:
            SettingsError: The file of opening balances cannot be read.
        """
        wishes = Wishes.from_config(config)
        self._gathering = Gathering(organisation, store, reporter, run_id, wishes)

    def take(self, stream: str, record: Mapping[str, Any], line: bytes) -> None:
        """Keeps a record until all have come.

        Raises:
            SettingsError: It is not from tap-xero, or from the organisation that is copied to, or
                from a second one.
            XeroError: It is the first, and what the target holds cannot be read.
        """
        self._gathering.take(stream, record, line)

    def run(self, whole: Mapping[str, int]) -> None:
        """Does everything, phase by phase.

        Args:
            whole: The streams whose lists came whole, with the version of their records.

        Raises:
            XeroError: A list of the target cannot be read.
            SettingsError: The organisations have different base currencies.
            RunStoppedError: The run cannot go on.
        """
        run = self._gathering.run
        if run is None:
            return
        run.spool.write()
        regions = _regions(run)
        plans = Plans(run.wishes, tracked_items(run.spool))
        planners = Planners(run.wishes.batch_size)
        doing = Doing(run, plans, planners, OwnRates(regions, run.existing))
        _warn_of_what_did_not_come(run)
        census = Census(whole)
        lay_out(
            run.spool,
            plans,
            lambda row, reason: run.reporter.end(*skipped(row, reason)),
            census.note,
        )
        gone = list(census.gone(run.ids))
        for phase in Phase:
            turns = run.spool.turns(phase)
            if turns:
                _read_existing(run, phase)
            if phase is Phase.SETTLEMENTS:
                run.memory.find_beside()
            remove_gone(run, planners, [step for step in gone if step.phase is phase])
            if phase is Phase.OPENING_BALANCES and self._gathering.opening is not None:
                opening.write(run, self._gathering.opening)
            for turn in range(turns):
                for chunk in run.spool.chunks(phase, turn):
                    doing.do([(row, plans.of(row).steps[place]) for place, row in chunk])
                    _check_fail_fast(run)
                run.flush()
            if phase is Phase.ACCOUNTS:
                _note_codes(run)
        for what, count in doing.left_out.items():
            logger.warning(
                "Left out of %d records: %s, which the target does not have", count, what
            )
        run.spool.clear()


def _regions(run: CopyRun) -> Regions:
    """The countries of the two organisations, where the stream ``organisations`` came."""
    regions = Regions()
    for row in run.spool.every_row("organisations"):
        regions = regions_of(record_in(row), run.transport)
    return regions


def _warn_of_what_did_not_come(run: CopyRun) -> None:
    for name, setting in BELOW_SETTINGS.items():
        streams = [stream for stream, child in BELOW.items() if child.name == name]
        if run.wishes.below(name) and not any(map(run.spool.holds, streams)):
            logger.warning(
                "%s is set, and no such records came: set %s of tap-xero too", setting, setting
            )


def _read_existing(run: CopyRun, phase: Phase) -> None:
    """Reads what a phase's records may already be; an empty organisation has no documents."""
    if phase is Phase.DOCUMENTS:
        phase = Phase.STOCK_DOCUMENTS
    if phase is not Phase.STOCK_DOCUMENTS or run.existing.has_documents:
        run.existing.read(run.transport, phase)


def _check_fail_fast(run: CopyRun) -> None:
    if run.wishes.fail_fast and run.reporter.failed.is_set():
        message = "a record was not published, and on_reject is fail_fast"
        raise RunStoppedError(message)


def _note_codes(run: CopyRun) -> None:
    """Notes the accounts that go by another code in the target."""
    codes = {}
    for account in map(record_in, run.spool.every_row("accounts")):
        found = run.existing.account(account)
        code, here = account.get("Code"), found.get("Code") if found else None
        if code and here and code != here:
            codes["account_codes", str(code)] = Known(str(here))
    run.ids.remember(codes)
