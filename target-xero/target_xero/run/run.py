"""What the parts of one run share: settings, state database, organisation, results."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from target_xero.delivery.organisations import (
    ConnectedOrganisation,
    Organisations,
    Surroundings,
    new_run_id,
)
from target_xero.report.checkpoints import Checkpoints
from target_xero.report.connections import Connections
from target_xero.report.progress import Progress
from target_xero.report.reporter import Reporter
from target_xero.report.results import Results, writable_path
from target_xero.report.state_output import StateOutput
from target_xero.retry.kept_rejects import KeptRejects
from target_xero.retry.retries import Retries
from target_xero.retry.retry_reporter import RetryReporter
from target_xero.run.correction import Correction
from target_xero.run.listener import RunListener
from xero_client.json_value import Json
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.database import Store
from xero_client.store.lazy_store import LazyStore


class Run:
    """One run. It opens each file, the state database and the connection once, and closes them.

    The state database and the connection are opened when they are first needed, so that an input
    without records needs neither.

    Attributes:
        config: The target's configuration.
        settings: The connection settings in it, checked.
        run_id: The id of the run.
        results: The results and rejects files.
        connections: The organisations that were connected so far.
        states: Writes STATE messages.
        checkpoints: Holds STATE messages back until the records before them have their results.
        progress: The progress line on a terminal.
        reporter: Reports the result of each record.
        organisations: The organisations that are published to.
        retries: The rejects of earlier runs; None if ``retry_rejects`` is not set.
        correction: Where what was not published can be corrected.
        listener: Is told what the run does with its records.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        settings: ConnectionSettings,
        *,
        correcting: Callable[[Results], Correction] = Correction,
        listener: RunListener | None = None,
        passes_state: bool = True,
    ) -> None:
        """Opens the results file.

        Args:
            config: The target's configuration.
            settings: The connection settings in it, checked.
            correcting: Makes the correction, from the results of the run.
            listener: Is told what the run does with its records.
            passes_state: Whether STATE messages are passed on.

        Raises:
            SettingsError: The results or the rejects file cannot be written.
        """
        self.config = config
        self.settings = settings
        self.run_id = new_run_id()
        self._began = time.monotonic()
        self._store = LazyStore(settings)
        self.connections = Connections()
        self.results = Results(
            self.run_id,
            writable_path("results_path", config["results_path"], self.run_id),
            writable_path("rejects_path", config["rejects_path"], self.run_id),
            self.connections,
        )
        self.correction = correcting(self.results)
        self.listener = listener or RunListener()
        self.states = StateOutput(self.results)
        self.checkpoints = Checkpoints(self.states.write if passes_state else _leave_out)
        self.progress = Progress(self.results, self.connections)
        kept = KeptRejects.of(self._store, self.run_id, config)
        stops_at_reject = config["on_reject"] == "fail_fast"
        parts = (self.results, self.checkpoints)
        self.reporter = (
            Reporter(*parts, stops_at_reject=stops_at_reject)
            if kept is None
            else RetryReporter(kept, *parts, stops_at_reject=stops_at_reject)
        )
        self.reporter.add_observer(self.listener.reported)
        shared = Surroundings(
            config, settings, self._store, self.run_id, self.reporter, self.listener.predicted
        )
        self.organisations = Organisations(shared, self.connections, self.listener.more_scopes)
        self.retries: Retries | None = None
        if isinstance(self.reporter, RetryReporter) and kept is not None:
            self.retries = Retries(kept, self.reporter, self.organisations.default_id)
            self.states.flush_before(self.retries.flush)

    @property
    def store(self) -> Store:
        """The state database.

        Raises:
            StoreError: It cannot be opened, or its key is missing.
        """
        return self._store.open()

    @property
    def organisation(self) -> ConnectedOrganisation:
        """The organisation of the settings.

        Raises:
            XeroError: The token is missing, or the organisation is not connected.
        """
        return self.organisations.of()

    @property
    def is_connected(self) -> bool:
        """Whether an organisation was connected."""
        return bool(self.organisations.connected)

    @property
    def seconds(self) -> float:
        """How long the run has taken so far."""
        return time.monotonic() - self._began

    def check(self) -> None:
        """Checks that the run may go on.

        Raises:
            RunStoppedError: Standard output is closed; or a record was not published, and
                ``on_reject`` is ``fail_fast``.
        """
        self.states.check()
        self.reporter.check_rejects()

    def flush(self) -> None:
        """Sends everything that was published, and waits for the results.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        self.organisations.flush()
        self.check()

    def stop(self) -> None:
        """Waits for calls in flight, and sends nothing else."""
        self.organisations.stop()

    def close(self) -> None:
        """Reports what is left, and closes the files and the state database, after ``stop``."""
        if self.retries is not None:
            self.retries.finish()
        self.progress.close()
        self.results.close()
        self._store.close()


def _leave_out(_value: Json) -> None:
    """Takes a STATE that is not passed on."""
