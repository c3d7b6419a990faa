"""``xero fleet run BATCH``: reads or publishes the organisations of one batch."""

from __future__ import annotations

import json
import logging
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xero_client.errors import SettingsError, XeroError
from xero_client.store.database import Store
from xero_fleet.planning.rules import BACKFILL, PUBLISH
from xero_fleet.registry.batches import Batch, Batches
from xero_fleet.registry.database import present
from xero_fleet.registry.leases import IN_FLIGHT, Lease, Leases
from xero_fleet.registry.organisations import Organisations
from xero_fleet.running.outcomes import Outcome, after_failed, outcomes_of, read_outcomes
from xero_fleet.running.processes import TapAndLoader, is_installed, start
from xero_fleet.running.results import BatchEnd, ended_runs
from xero_fleet.running.singer_state import bookmarks_of, by_organisation, joined
from xero_fleet.running.work_folder import work_folder
from xero_fleet.settings import FleetSettings, Pipeline

logger = logging.getLogger("xero-fleet")

STEP_SECONDS = 0.5
# A state is saved at most so often while the batch runs.
SAVE_SECONDS = 2.0
# Reading what is new takes longer than planned only if something is slow; then it may go on.
PATIENCE = 3
# The grant without a name.
DEFAULT_GRANT = ""
REVOKED = "Xero does not accept its connection any more"


class BatchFailedError(XeroError):
    """The loader failed, or the tap for all organisations: see its own messages."""


@dataclass(frozen=True)
class BatchReport:
    """What a batch did.

    Attributes:
        whole: The number of organisations that were read to the end, or published to.
        failed: The class of the error of each organisation that was not.
        is_publishing: Whether they were published to, not read.
        was_over: Whether another worker had done it already.
    """

    whole: int
    failed: Mapping[str, str]
    is_publishing: bool = False
    was_over: bool = False


class BatchRun:
    """Runs one batch."""

    def __init__(self, settings: FleetSettings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._leases = Leases(store, settings.file.lease.seconds)
        self._batches = Batches(store)
        self._stop_asked = False

    def run(self, batch_id: str) -> BatchReport:
        """Runs a batch to its end, and saves its results.

        Raises:
            SettingsError: The batch does not exist, or this machine lacks a program of it.
            LeaseLostError: Another worker has the batch now.
            BatchFailedError: The loader failed, or the tap for all organisations.
        """
        found = self._batches.find(batch_id)
        if found is None:
            message = f"{batch_id!r} is not a batch: `xero fleet plan` prints those to run"
            raise SettingsError(message)
        if found.status in IN_FLIGHT:
            _check_programs(self._settings.pipeline(found.pipeline), batch_id)
        began = present(self._store)
        lease = self._leases.take(batch_id, began)
        batch = self._batches.find(batch_id)
        if lease is None or batch is None:
            return BatchReport(0, {}, was_over=True)
        pipeline = self._settings.pipeline(batch.pipeline)
        with self._stopped_by_signal():
            if pipeline.publish:
                return self._publish(pipeline, batch, lease, began)
            return self._read(pipeline, batch, lease, began)

    @contextmanager
    def _stopped_by_signal(self) -> Iterator[None]:
        def stop(_number: int, _frame: object) -> None:
            self._stop_asked = True

        earlier = {name: signal.signal(name, stop) for name in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for name, handler in earlier.items():
                signal.signal(name, handler)

    def _read(self, pipeline: Pipeline, batch: Batch, lease: Lease, began: float) -> BatchReport:
        before = self._leases.states(lease)
        patience = 1 if batch.work_class == BACKFILL else PATIENCE
        deadline = time.monotonic() + patience * self._settings.file.batch_time.seconds
        with work_folder() as folder:
            outcome_path = folder / "outcomes.jsonl"
            command = _tap_command(pipeline, batch, lease, before, folder, outcome_path)
            processes = TapAndLoader(command, pipeline.loader, pipeline.folder)
            try:
                after = self._watch(processes, lease, before, deadline)
            except BaseException:
                processes.kill()
                raise
            outcomes = outcomes_of(read_outcomes(outcome_path))
            loader_failed = processes.loader_code != 0
            if not loader_failed and not self._run_after(pipeline, lease, outcome_path):
                outcomes = {key: after_failed(outcome) for key, outcome in outcomes.items()}
        if (
            not (loader_failed or processes.was_stopped)
            and not processes.has_state
            and any(outcome.error is None for outcome in outcomes.values())
        ):
            logger.warning(
                "The loader of pipeline %r printed no STATE, so each run reads all records again: "
                "set 'pipelines.%s.loader' to a command that prints the STATE that it has loaded",
                pipeline.name,
                pipeline.name,
            )
        changed = {
            tenant_id: bookmarks_of(before.get(tenant_id)) != bookmarks_of(after.get(tenant_id))
            for tenant_id in lease.generations
        }
        missing = "unfinished" if processes.was_stopped else "failed"
        end = BatchEnd(began, present(self._store), "loader" if loader_failed else missing)
        report = self._end(batch, lease, {} if loader_failed else outcomes, changed, end)
        if loader_failed:
            message = (
                f"The loader of pipeline {pipeline.name!r} ended with code {processes.loader_code}"
                ": its own messages above say why; what it had loaded is kept"
            )
            raise BatchFailedError(message)
        if not outcomes and not processes.was_stopped:
            message = (
                f"The tap ended with code {processes.tap_code} before it read anything: its own "
                "messages above say why; its organisations are tried again"
            )
            raise BatchFailedError(message)
        return report

    def _watch(
        self, processes: TapAndLoader, lease: Lease, before: Mapping[str, str], deadline: float
    ) -> dict[str, str]:
        """Saves states and extends the lease until the processes end; returns the last states."""
        saved = dict(before)
        waiting: dict[str, str] = {}
        extended = saved_at = time.monotonic()
        is_over = False
        while not is_over:
            is_over = processes.wait(STEP_SECONDS)
            now = time.monotonic()
            if now - extended >= self._settings.file.lease.seconds / 4:
                self._leases.extend(lease, present(self._store))
                extended = now
            state = processes.state()
            if state is not None:
                waiting = {
                    tenant_id: part
                    for tenant_id, part in by_organisation(state).items()
                    if tenant_id in lease.generations and saved.get(tenant_id) != part
                }
            if waiting and (is_over or now - saved_at >= SAVE_SECONDS):
                self._leases.save_states(lease, waiting, present(self._store))
                saved |= waiting
                waiting, saved_at = {}, now
            if self._stop_asked or now > deadline:
                processes.stop()
        return saved

    def _run_after(self, pipeline: Pipeline, lease: Lease, outcome_path: Path) -> bool:
        """Runs the command ``after``; whether it did its work."""
        if not pipeline.after or not outcome_path.exists():
            return True
        environment = {"XERO_FLEET_OUTCOME_PATH": str(outcome_path)}
        code = self._run_command(pipeline, pipeline.after, environment, lease)
        if code != 0:
            logger.error(
                "The command 'after' of pipeline %r ended with code %d: its own messages above "
                "say why; the next batch of these organisations runs it again",
                pipeline.name,
                code,
            )
        return code == 0

    def _publish(self, pipeline: Pipeline, batch: Batch, lease: Lease, began: float) -> BatchReport:
        outcomes: dict[str, Outcome] = {}
        for tenant_id in lease.generations:
            if self._stop_asked:
                break
            environment = {
                "XERO_FLEET_TENANT_ID": tenant_id,
                "TARGET_XERO_TENANT_ID": tenant_id,
                "TARGET_XERO_GRANT": batch.grant,
            }
            if batch.grant == DEFAULT_GRANT:
                del environment["TARGET_XERO_GRANT"]
            code = self._run_command(pipeline, pipeline.publish, environment, lease)
            failed = {} if code == 0 else {"publish": "failed"}
            error = "failed" if failed else None
            outcomes[tenant_id] = Outcome(0, 0, 0, error, failed, None)
        changed = dict.fromkeys(lease.generations, True)
        end = BatchEnd(began, present(self._store), "unfinished")
        return self._end(batch, lease, outcomes, changed, end)

    def _run_command(
        self,
        pipeline: Pipeline,
        command: Sequence[str],
        environment: Mapping[str, str],
        lease: Lease,
    ) -> int:
        """Runs a command of the settings, and extends the lease meanwhile; returns its code.

        Raises:
            LeaseLostError: The lease moved; the command was ended.
        """
        process = start(command, pipeline.folder, environment=environment)
        extended = time.monotonic()
        try:
            while process.poll() is None:
                time.sleep(0.05)
                if time.monotonic() - extended >= self._settings.file.lease.seconds / 4:
                    self._leases.extend(lease, present(self._store))
                    extended = time.monotonic()
        except BaseException:
            process.kill()
            process.wait()
            raise
        return process.returncode

    def _end(
        self,
        batch: Batch,
        lease: Lease,
        outcomes: Mapping[str, Outcome],
        changed: Mapping[str, bool],
        end: BatchEnd,
    ) -> BatchReport:
        """Saves the results."""
        rows = self._batches.work(lease)
        ended = ended_runs(self._settings, lease, rows, outcomes, changed, end)
        self._batches.end(lease, batch.attempts, ended, end.now)
        organisations = Organisations(self._store)
        failed = {each.tenant_id: each.error for each in ended if each.error is not None}
        for tenant_id, error in failed.items():
            name = rows[tenant_id]["name"] or "unnamed"
            if error == "revoked":
                organisations.pause(tenant_id, REVOKED, end.now, by_fleet=True)
            if error != "unfinished":
                logger.error("%s (%s): %s", name, tenant_id, error)
        is_publishing = batch.work_class == PUBLISH
        return BatchReport(len(ended) - len(failed), failed, is_publishing=is_publishing)


def _check_programs(pipeline: Pipeline, batch_id: str) -> None:
    """Checks that the programs of a pipeline are there, before the batch is taken.

    Only the machine that runs a batch needs them, so no other command can check it.

    Raises:
        SettingsError: One is not installed.
    """
    commands = {
        "tap": () if pipeline.publish else pipeline.tap,
        "loader": pipeline.loader,
        "publish": pipeline.publish,
        "after": () if pipeline.publish else pipeline.after,
    }
    for setting, command in commands.items():
        if command and not is_installed(command, pipeline.folder):
            message = (
                f"Setting 'pipelines.{pipeline.name}.{setting}' is {command[0]!r}, which is not "
                f"installed on this machine: install it here, or set where it is. Batch {batch_id} "
                "was not begun; another machine can run it"
            )
            raise SettingsError(message)


def _tap_command(
    pipeline: Pipeline,
    batch: Batch,
    lease: Lease,
    states: Mapping[str, str],
    folder: Path,
    outcome_path: Path,
) -> list[str]:
    config: dict[str, Any] = {
        name: value for name, value in pipeline.config.items() if name != "tenant_id"
    }
    config |= {
        "tenant_ids": sorted(lease.generations),
        "outcome_path": str(outcome_path),
        # The message is about a whole table, and other batches load into the same one.
        "emit_activate_version_messages": False,
    }
    if batch.grant != DEFAULT_GRANT:
        config["grant"] = batch.grant
    command = [*pipeline.tap]
    files: dict[str, Any] = {"config": config}
    if states:
        files["state"] = joined(states.values())
    for name, content in files.items():
        path = folder / f"{name}.json"
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file)
        command += [f"--{name}", str(path)]
    if pipeline.catalog is not None:
        command += ["--catalog", str(pipeline.catalog)]
    return command
