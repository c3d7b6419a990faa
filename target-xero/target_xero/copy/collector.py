"""Collects the records of the source, and rejects a copy that must not start."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from target_xero.copy.copy_lock import CopyLock
from target_xero.copy.execute.run import CopyRun
from target_xero.copy.execute.step_tracker import StepTracker
from target_xero.copy.mapping.id_map import IdMap
from target_xero.copy.mapping.target_records import TargetRecords, has_documents
from target_xero.copy.opening_balances import OpeningBalances
from target_xero.copy.options import CopyOptions
from target_xero.copy.rules.by_stream import NOT_WRITABLE
from target_xero.copy.spool import Spool
from target_xero.delivery.organisations import ConnectedOrganisation
from target_xero.report.reporter import Reporter
from xero_client.entities.table import ALL_BY_STREAM
from xero_client.errors import SettingsError
from xero_client.store.database import Store

logger = logging.getLogger("target-xero")

TENANT = "_tenant_id"


class Collector:
    """Collects the records of the source.

    Attributes:
        run: The run that copies the records' organisation; None before the first record.
        opening_balances: The opening balances to write; None without the setting.
    """

    def __init__(
        self,
        organisation: ConnectedOrganisation,
        store: Store,
        reporter: Reporter,
        run_id: str,
        options: CopyOptions,
    ) -> None:
        """Prepares the spool.

        Args:
            organisation: The target organisation.
            store: The state database.
            reporter: Reports what became of each record.
            run_id: This run.
            options: The settings.

        Raises:
            SettingsError: The file of opening balances cannot be read.
            RunStoppedError: Another process copies to the organisation.
        """
        self._organisation = organisation
        self._store = store
        self._reporter = reporter
        self._options = options
        self._lock = CopyLock(store, organisation.tenant)
        self._spool = Spool(store, organisation.tenant.tenant_id, run_id)
        self.run: CopyRun | None = None
        self.opening_balances: OpeningBalances | None = None
        if options.opening_balances is not None:
            self.opening_balances = OpeningBalances.from_file(options.opening_balances)

    def add(self, stream: str, record: Mapping[str, Any], line: bytes) -> None:
        """Adds a record.

        Raises:
            SettingsError: It is not from tap-xero, or it belongs to the target organisation or to
                a second source organisation.
            XeroError: It is the first one, and the target cannot be read.
        """
        tenant_id = record.get(TENANT)
        if self.run is None or tenant_id != self.run.source_tenant:
            self._start_run(tenant_id)
        entity = ALL_BY_STREAM.get(stream)
        record_id = record.get(entity.id_field) if entity and entity.id_field else None
        self._spool.add(stream, str(record_id or ""), line)

    def close(self) -> None:
        """Lets other processes copy to the organisation."""
        self._lock.release()

    def _start_run(self, tenant_id: object) -> None:
        tenant_id = self._checked_tenant(tenant_id)
        transport = self._organisation.transport
        ids = IdMap(
            self._store,
            tenant_id,
            self._organisation.tenant.tenant_id,
            is_kept=not self._options.dry_run,
        )
        target_records = TargetRecords(has_documents=has_documents(transport))
        if target_records.has_documents and ids.is_empty() and not self._options.yes:
            message = (
                f"{self._organisation.tenant} has documents already, and nothing was copied to it "
                "before: copy to an empty organisation, or set yes: true (--yes)"
            )
            raise SettingsError(message)
        tracker = StepTracker(ids, transport)
        self._reporter.add_observer(tracker.on_result)
        self.run = CopyRun(
            self._organisation,
            tenant_id,
            self._options,
            self._reporter,
            self._spool,
            ids,
            tracker,
            target_records,
        )
        for what, why in NOT_WRITABLE.items():
            logger.info("Not copied: %s (%s)", what, why)

    def _checked_tenant(self, tenant_id: object) -> str:
        """Checks the organisation of a record that differs from that of the records before it."""
        if not isinstance(tenant_id, str) or not tenant_id:
            message = (
                f"references: translate needs records that tap-xero has read, with {TENANT}, and "
                "this record does not have it: use references: keep for other sources"
            )
            raise SettingsError(message)
        if tenant_id == self._organisation.tenant.tenant_id:
            message = (
                f"Source and target are the same organisation, {self._organisation.tenant}: set "
                "the target's tenant_id to the organisation to copy to"
            )
            raise SettingsError(message)
        if self.run is not None:
            message = (
                f"Records of two organisations arrived in one run ({self.run.source_tenant}, "
                f"{tenant_id}): copy one at a time"
            )
            raise SettingsError(message)
        if self.opening_balances is not None and self.opening_balances.tenant_id != tenant_id:
            message = (
                f"The opening balances in {self._options.opening_balances} belong to organisation "
                f"{self.opening_balances.tenant_id}, but the records belong to {tenant_id}: create "
                "the file for this organisation with `target-xero opening-balances`"
            )
            raise SettingsError(message)
        return tenant_id
