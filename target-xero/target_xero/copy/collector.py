"""Gathers the records of the source, and refuses what must not be copied before all have come."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from target_xero.copy.execute.run import CopyRun
from target_xero.copy.execute.step_tracker import Memory
from target_xero.copy.mapping.id_map import IdMap
from target_xero.copy.mapping.target_records import Existing, has_documents
from target_xero.copy.opening_balances import OpeningBalances
from target_xero.copy.options import Wishes
from target_xero.copy.rules.by_stream import NOT_WRITABLE
from target_xero.copy.spool import Spool
from target_xero.delivery.connection import ConnectedOrganisation
from target_xero.report.reporter import Reporter
from xero_client.entities.table import BY_STREAM
from xero_client.errors import SettingsError
from xero_client.store.database import Store

logger = logging.getLogger("target-xero")

TENANT = "_tenant_id"


class Gathering:
    """Records on their way in.

    Attributes:
        run: The run of the organisation that they are of; None before the first of them.
        opening: What the source began with, where that is to be written.
    """

    def __init__(
        self,
        organisation: ConnectedOrganisation,
        store: Store,
        reporter: Reporter,
        run_id: str,
        wishes: Wishes,
    ) -> None:
        """Prepares the spool.

        Args:
            organisation: The target.
            store: The state database.
            reporter: Ends records.
            run_id: This run.
            wishes: What the settings say.

        Raises:
            SettingsError: The file of opening balances cannot be read.
        """
        self._organisation = organisation
        self._store = store
        self._reporter = reporter
        self._wishes = wishes
        self._spool = Spool(store, organisation.tenant.tenant_id, run_id)
        self.run: CopyRun | None = None
        self.opening: OpeningBalances | None = None
        if wishes.opening_balances is not None:
            self.opening = OpeningBalances.of_file(wishes.opening_balances)

    def take(self, stream: str, record: Mapping[str, Any], line: bytes) -> None:
        """Keeps a record.

        Raises:
            SettingsError: It is not from tap-xero, or from the organisation that is copied to, or
                from a second one.
            XeroError: It is the first, and what the target holds cannot be read.
        """
        tenant_id = record.get(TENANT)
        if self.run is None or tenant_id != self.run.source_tenant:
            self._meet_tenant(tenant_id)
        entity = BY_STREAM.get(stream)
        record_id = record.get(entity.id_field) if entity and entity.id_field else None
        self._spool.add(stream, str(record_id or ""), line)

    def _meet_tenant(self, tenant_id: object) -> None:
        tenant_id = self._checked_tenant(tenant_id)
        transport = self._organisation.transport
        ids = IdMap(self._store, tenant_id, self._organisation.tenant.tenant_id)
        existing = Existing(has_documents=has_documents(transport))
        if existing.has_documents and ids.is_empty() and not self._wishes.yes:
            message = (
                f"{self._organisation.tenant} has documents already, and nothing was copied to it "
                "before: copy to an empty organisation, or set yes: true (--yes)"
            )
            raise SettingsError(message)
        memory = Memory(ids, transport)
        self._reporter.observer = memory.meet_result
        self.run = CopyRun(
            self._organisation,
            tenant_id,
            self._wishes,
            self._reporter,
            self._spool,
            ids,
            memory,
            existing,
        )
        for what, why in NOT_WRITABLE.items():
            logger.info("Not copied: %s (%s)", what, why)

    def _checked_tenant(self, tenant_id: object) -> str:
        """The organisation of a record, which is another than that of the records before it."""
        if not isinstance(tenant_id, str) or not tenant_id:
            message = (
                "references: translate copies what tap-xero has read, and this record has no "
                f"{TENANT}: use references: keep for other sources"
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
                f"Records of two organisations came in one run ({self.run.source_tenant}, "
                f"{tenant_id}): copy one at a time"
            )
            raise SettingsError(message)
        if self.opening is not None and self.opening.tenant_id != tenant_id:
            message = (
                f"The opening balances in {self._wishes.opening_balances} are of organisation "
                f"{self.opening.tenant_id}, and the records are of {tenant_id}"
            )
            raise SettingsError(message)
        return tenant_id
