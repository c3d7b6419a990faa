"""Takes the records of an organisation that is copied, and copies them at the end of the input."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from target_xero.build.records import Provenance, Record
from target_xero.copy.copier import Copier
from target_xero.report.results import UNKNOWN
from target_xero.run.run import Run
from xero_client.http import wire


class CopyReceiver:
    """Collects records, and copies them together."""

    def __init__(self, run: Run) -> None:
        """Starts without records."""
        self._run = run
        # It connects to the organisation, so that it is made when the first record comes.
        self._copier: Copier | None = None
        self._epochs: Counter[int] = Counter()
        self._complete_streams: dict[str, int] = {}

    def receive(
        self,
        alias: str,  # noqa: ARG002  # a copy knows the streams by the tap's names
        record: Record,
        provenance: Provenance,
        *,
        is_mapped: bool,
    ) -> None:
        """Keeps a record until all have come.

        Raises:
            SettingsError: It cannot be copied.
            XeroError: The organisation cannot be connected or read.
            RunStoppedError: Another process copies to the organisation.
        """
        if self._copier is None:
            run = self._run
            self._copier = Copier(
                run.organisation, run.store, run.reporter, run.progress, run.run_id, run.config
            )
        stream, line = provenance.stream, provenance.messages[0]
        if is_mapped:
            line = wire.encode({"type": "RECORD", "stream": stream, "record": record})
        self._epochs.update(provenance.epochs)
        self._copier.add(stream, record, line)

    def complete_stream(self, stream: str, version: object) -> None:
        """Notes that all records of a stream have come.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        self._run.check()
        if isinstance(version, int):
            self._complete_streams[stream] = version

    def finish(self) -> None:
        """Copies the records; then STATE is passed on, if no outcome is unknown.

        Raises:
            XeroError: A list of the target cannot be read.
            SettingsError: The organisations have different base currencies.
            RunStoppedError: The run cannot go on.
        """
        self._run.check()
        if self._copier is None:
            return
        self._copier.run(self._complete_streams)
        if not self._run.results.total(UNKNOWN):
            self._run.checkpoints.settle_records(self._epochs.elements())

    def closing_words(self) -> Iterable[str]:
        """What the user must know of the copy at the end."""
        return () if self._copier is None else self._copier.closing_words()

    def close(self) -> None:
        """Lets other processes copy to the organisation."""
        if self._copier is not None:
            self._copier.close()
