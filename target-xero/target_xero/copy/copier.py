"""Copies an organisation: collects its records, then executes their steps, phase by phase."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from target_xero.copy.collector import Collector
from target_xero.copy.execute.chunk_executor import ChunkExecutor
from target_xero.copy.execute.executor import StepExecutor
from target_xero.copy.execute.publication_builders import PublicationBuilders
from target_xero.copy.execute.removal import remove_deleted
from target_xero.copy.execute.run import CopyRun
from target_xero.copy.mapping.id_map import ACCOUNT_CODES, IdMapping
from target_xero.copy.mapping.regions import Regions, read_regions
from target_xero.copy.mapping.target_records import account_codes_in
from target_xero.copy.mapping.tax_rates import TargetTaxRates
from target_xero.copy.opening_balances import publish_opening_balances
from target_xero.copy.options import CopyOptions
from target_xero.copy.rules.documents import stock_order
from target_xero.copy.rules.files_and_notes import CHILD_SETTINGS, CHILD_STREAMS
from target_xero.copy.schedule.deletions import SourceInventory
from target_xero.copy.schedule.scheduler import CopyRules, schedule, skip_result, tracked_items
from target_xero.copy.schedule.stock_history import STOCK_STREAMS, differing_stock
from target_xero.copy.schedule.tally import Tally
from target_xero.copy.steps import Phase
from target_xero.delivery.organisations import ConnectedOrganisation
from target_xero.report.progress import Progress
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
        progress: Progress,
        run_id: str,
        config: Mapping[str, Any],
    ) -> None:
        """Prepares the spool.

        Args:
            organisation: The target organisation.
            store: The state database.
            reporter: Reports what became of each record.
            progress: Tells what the copy is doing.
            run_id: This run.
            config: The target's configuration.

        Raises:
            SettingsError: The file of opening balances cannot be read.
            RunStoppedError: Another process copies to the organisation.
        """
        options = CopyOptions.from_config(config)
        self._progress = progress
        self._has_complete_streams = False
        self._collector = Collector(organisation, store, reporter, run_id, options)

    def add(self, stream: str, record: Mapping[str, Any], line: bytes) -> None:
        """Adds a record; all are copied together at the end.

        Raises:
            SettingsError: It is not from tap-xero, or it belongs to the target organisation or to
                a second source organisation.
            XeroError: It is the first one, and the target cannot be read.
        """
        self._collector.add(stream, record, line)

    def run(self, complete_streams: Mapping[str, int]) -> None:
        """Copies all records, phase by phase.

        Args:
            complete_streams: The streams that arrived completely, with the version of their
                records.

        Raises:
            XeroError: A list of the target cannot be read.
            SettingsError: The organisations have different base currencies.
            RunStoppedError: The run cannot continue.
        """
        run = self._collector.run
        if run is None:
            return
        self._has_complete_streams = bool(complete_streams)
        run.spool.flush()
        run.spool.check_complete()
        regions = _read_regions(run)
        rules = CopyRules(run.options, tracked_items(run.spool))
        builders = PublicationBuilders(run.options.batch_size)
        tax_rates = TargetTaxRates(regions, run.target_records)
        executor = StepExecutor(run, rules, builders, tax_rates)
        chunks = ChunkExecutor(run, rules, builders, executor)
        _warn_of_missing_children(run)
        inventory = SourceInventory(complete_streams)
        tally = _schedule(run, rules, inventory)
        removals = list(inventory.removals(run.ids))
        tally.results += len(removals) + (self._collector.opening_balances is not None)
        self._progress.expected = tally.results
        _announce(run, tally)
        for phase in Phase:
            waves = run.spool.wave_count(phase)
            self._progress.activity = f"copying, {phase.name.replace('_', ' ').lower()}"
            if waves:
                _read_target_records(run, phase)
            if phase is Phase.SETTLEMENTS:
                run.tracker.find_missing_credits()
            remove_deleted(run, builders, [step for step in removals if step.phase is phase])
            opening_balances = self._collector.opening_balances
            if phase is Phase.OPENING_BALANCES and opening_balances is not None:
                publish_opening_balances(run, opening_balances)
            for wave in range(waves):
                for chunk in run.spool.chunks(phase, wave):
                    chunks.execute(
                        [(spooled, rules.plan(spooled).steps[index]) for index, spooled in chunk]
                    )
                    run.reporter.check_rejects()
                run.flush()
            chunks.execute_deferred(removals)
            if phase is Phase.ACCOUNTS:
                _add_account_codes(run)
        for field, count in executor.dropped_fields.items():
            logger.warning(
                "Left out of %d records: %s, because the target does not have it", count, field
            )
        run.spool.check_complete()
        run.spool.clear()

    def closing_words(self) -> Iterator[str]:
        """What the user must know at the end of the copy."""
        run = self._collector.run
        if run is None or run.options.dry_run:
            return
        if run.unchanged:
            yield (
                f"{run.unchanged:,} records were copied by an earlier run and have not changed in "
                "the source since. They were not compared: what was edited in the target stays. "
                "Their results have a warning that says so"
            )
            if not self._has_complete_streams:
                yield (
                    "What was deleted in the source since then stays in the target, because no "
                    "stream came with an ACTIVATE_VERSION message: set "
                    "emit_activate_version_messages of tap-xero to true"
                )
        if run.options.is_verified:
            return
        yield (
            "The books are not compared yet. Prove that they agree, or see what differs: "
            "target-xero verify --source SOURCE.json --target TARGET.json --html verdict.html "
            "(the configurations of tap-xero and of this target; --source-backup FILE for a "
            "backup), or set copy_verify (--verify) for the next copy"
        )

    def close(self) -> None:
        """Lets other processes copy to the organisation."""
        self._collector.close()


def _schedule(run: CopyRun, rules: CopyRules, inventory: SourceInventory) -> Tally:
    """Schedules all steps, and counts what is going to happen."""
    for phase in (Phase.CURRENCIES, Phase.TAX_RATES, Phase.ACCOUNTS):
        _read_target_records(run, phase)  # most settings are found there, and not written
    tally = Tally(run.options.batch_size, run.ids, run.target_records)
    schedule(
        run.spool,
        rules,
        lambda spooled, reason: run.reporter.report(*skip_result(spooled, reason)),
        inventory.add,
        tally,
    )
    return tally


def _announce(run: CopyRun, tally: Tally) -> None:
    """Says what is going to be copied, how long it takes, and what cannot be the same."""
    for line in tally.lines(run.transport.rate_limiter.latest):
        logger.info("%s", line)
    items = (spooled.record for spooled in run.spool.records("items"))
    documents = (
        (stock_order(spooled.record), spooled.record)
        for stream in STOCK_STREAMS
        for spooled in run.spool.records(stream)
    )
    # A later run only has the documents that have changed.
    differing = list(differing_stock(items, documents)) if run.ids.is_empty() else []
    if differing:
        logger.warning(
            "The stock of these tracked items does not follow from the documents that are left, "
            "so its cost, and the reports with it, will differ in the copy: %s",
            ", ".join(differing),
        )


def _read_regions(run: CopyRun) -> Regions:
    """The countries of the two organisations, if the stream ``organisations`` has arrived."""
    regions = Regions()
    for spooled in run.spool.records("organisations"):
        regions = read_regions(spooled.record, run.transport)
    return regions


def _warn_of_missing_children(run: CopyRun) -> None:
    for name, setting in CHILD_SETTINGS.items():
        streams = [stream for stream, child in CHILD_STREAMS.items() if child.name == name]
        if run.options.copies_child(name) and not any(map(run.spool.has_records, streams)):
            logger.warning(
                "%s is set, but no such records arrived: set %s of tap-xero too", setting, setting
            )


def _read_target_records(run: CopyRun, phase: Phase) -> None:
    """Reads the records that a phase may match; an empty organisation has no documents."""
    if phase is Phase.DOCUMENTS:
        phase = Phase.STOCK_DOCUMENTS
    if phase is not Phase.STOCK_DOCUMENTS or run.target_records.has_documents:
        run.target_records.read_phase(run.transport, phase)


def _add_account_codes(run: CopyRun) -> None:
    """Notes the codes of accounts that have another one in the target, now that they are copied.

    Raises:
        XeroError: The target's accounts cannot be read.
    """
    ids = run.ids.target_ids("accounts")
    records = [spooled.record for spooled in run.spool.records("accounts")]
    accounts = {
        str(record["Code"]): ids.get(str(record["AccountID"]), "")
        for record in records
        if record.get("Code")
    }
    known = run.ids.target_ids(ACCOUNT_CODES)
    codes = run.target_records.account_codes
    is_same = all(codes.get(target_id, code) == code for code, target_id in accounts.items())
    if not accounts or (is_same and not known):
        return
    # An account that has changed in the source has got its code by now.
    codes = account_codes_in(run.transport)
    found = {code: codes.get(target_id, code) for code, target_id in accounts.items()}
    run.ids.add(
        {
            (ACCOUNT_CODES, code): IdMapping(found.get(code, code))
            for code in {*accounts, *known}
            if code in known or found[code] != code
        }
    )
