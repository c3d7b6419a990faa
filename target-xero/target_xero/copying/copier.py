"""Copies an organisation: gathers its records, then does what they ask for, phase by phase."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from target_xero.connection import Connected
from target_xero.copying.below_rules import BELOW, NOTES
from target_xero.copying.edits import SETTLED_STREAMS, copies_of, edit_of
from target_xero.copying.existing import Existing, has_documents
from target_xero.copying.id_map import IdMap, Known
from target_xero.copying.line_items import LineItems
from target_xero.copying.memory import MADE_BESIDE, Memory, Underway, beside_of
from target_xero.copying.notes import Notes
from target_xero.copying.opening import OpeningBalances
from target_xero.copying.planning import lay_out, record_in, tracked_items
from target_xero.copying.regions import Regions, regions_of
from target_xero.copying.rules import NOT_WRITABLE, plan_of
from target_xero.copying.spool import Row, Spool
from target_xero.copying.steps import Kind, Phase, Plan, Record, Step, digest_of, memory_of
from target_xero.copying.vanished import Census, is_gone
from target_xero.copying.wishes import Wishes
from target_xero.items import item_of
from target_xero.planning import Planner
from target_xero.publishing import StoppedError
from target_xero.records import InvalidRecordError, Source
from target_xero.references import Lookups, Reference, references_in, translated
from target_xero.reporting import Reporter
from target_xero.results import DRY_RUN, UNCHANGED, Result
from target_xero.settings import StreamRule
from target_xero.tax_rates import is_own, names_of
from xero_client.children import ATTACHMENTS, HISTORY
from xero_client.entities import BY_NAME, BY_STREAM
from xero_client.errors import SettingsError
from xero_client.store import Store

logger = logging.getLogger("target-xero")

TENANT = "_tenant_id"
# What says whether a kind of child is copied.
BELOW_SETTINGS = {ATTACHMENTS: "copy_attachments", HISTORY: "copy_history"}


class Copier:
    """Copies one organisation into another."""

    def __init__(
        self,
        organisation: Connected,
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
        """
        self._organisation = organisation
        self._store = store
        self._reporter = reporter
        self._wishes = wishes = Wishes.from_config(config)
        self._target_tenant = organisation.tenant.tenant_id
        self._spool = Spool(store, self._target_tenant, run_id)
        self._source_tenant: str | None = None
        self._connected: tuple[IdMap, Memory] | None = None
        self._existing = Existing()
        self._regions = Regions()
        self._own_rates: set[str] = set()
        self._planners: dict[tuple[str, str], Planner] = {}
        self._pretended: dict[Reference, str] = {}
        self._tracked: set[str] = set()
        self._left_out: Counter[str] = Counter()
        self._notes = Notes(organisation.transport)
        # Of the present chunk: documents that were copied, and have changed in the source.
        self._changed: Mapping[tuple[str, str], Record] = {}
        self._opening: OpeningBalances | None = None
        if wishes.opening_balances is not None:
            self._opening = OpeningBalances.of_file(wishes.opening_balances)

    @property
    def _ids(self) -> IdMap:
        assert self._connected is not None  # noqa: S101  # connected with the first record
        return self._connected[0]

    @property
    def _memory(self) -> Memory:
        assert self._connected is not None  # noqa: S101  # connected with the first record
        return self._connected[1]

    # Gathering

    def take(self, stream: str, record: Mapping[str, Any], line: bytes) -> None:
        """Keeps a record until all have come.

        Raises:
            SettingsError: It is not from tap-xero, or from the organisation that is copied to, or
                from a second one.
        """
        tenant_id = record.get(TENANT)
        if tenant_id is None or tenant_id != self._source_tenant:
            self._meet_tenant(tenant_id)
        entity = BY_STREAM.get(stream)
        record_id = record.get(entity.id_field) if entity and entity.id_field else None
        self._spool.add(stream, str(record_id or ""), line)

    def _meet_tenant(self, tenant_id: object) -> None:
        if not isinstance(tenant_id, str) or not tenant_id:
            message = (
                "references: translate copies what tap-xero has read, and this record has no "
                f"{TENANT}: use references: keep for other sources"
            )
            raise SettingsError(message)
        if tenant_id == self._target_tenant:
            message = (
                f"Source and target are the same organisation, {self._organisation.tenant}: set "
                "the target's tenant_id to the organisation to copy to"
            )
            raise SettingsError(message)
        if self._source_tenant is not None:
            message = (
                f"Records of two organisations came in one run ({self._source_tenant}, "
                f"{tenant_id}): copy one at a time"
            )
            raise SettingsError(message)
        if self._opening is not None and self._opening.tenant_id != tenant_id:
            message = (
                f"The opening balances in {self._wishes.opening_balances} are of organisation "
                f"{self._opening.tenant_id}, and the records are of {tenant_id}"
            )
            raise SettingsError(message)
        self._source_tenant = tenant_id
        transport = self._organisation.transport
        ids = IdMap(self._store, tenant_id, self._target_tenant)
        memory = Memory(ids, transport)
        self._connected = (ids, memory)
        self._reporter.observer = memory.meet_result
        self._existing.has_documents = has_documents(transport)
        if self._existing.has_documents and ids.is_empty() and not self._wishes.yes:
            message = (
                f"{self._organisation.tenant} has documents already, and nothing was copied to it "
                "before: copy to an empty organisation, or set yes: true (--yes)"
            )
            raise SettingsError(message)
        for what, why in NOT_WRITABLE.items():
            logger.info("Not copied: %s (%s)", what, why)

    # Doing

    def run(self, whole: Mapping[str, int]) -> None:
        """Does everything, phase by phase.

        Args:
            whole: The streams whose lists came whole, with the version of their records.

        Raises:
            XeroError: A list of the target cannot be read.
            SettingsError: The organisations have different base currencies.
            StoppedError: The run cannot go on.
        """
        if self._connected is None:
            return
        self._spool.write()
        self._compare_organisations()
        self._tracked = tracked_items(self._spool)
        self._warn_of_what_did_not_come()
        census = Census(whole)
        lay_out(self._spool, self._plan, self._skip, census.note)
        gone = list(census.gone(self._ids))
        for phase in Phase:
            turns = self._spool.turns(phase)
            if turns:
                self._read_existing(phase)
            if phase is Phase.SETTLEMENTS:
                self._memory.find_beside()
            self._remove_gone([step for step in gone if step.phase is phase])
            if phase is Phase.OPENING_BALANCES and self._opening is not None:
                self._open(self._opening)
            for turn in range(turns):
                for chunk in self._spool.chunks(phase, turn):
                    self._do_chunk(chunk)
                    self._check_fail_fast()
                self._organisation.pipeline.flush()
                self._ids.write()
            if phase is Phase.ACCOUNTS:
                self._note_codes()
        for what, count in self._left_out.items():
            logger.warning(
                "Left out of %d records: %s, which the target does not have", count, what
            )
        self._spool.clear()

    def _warn_of_what_did_not_come(self) -> None:
        for name, setting in BELOW_SETTINGS.items():
            streams = [stream for stream, child in BELOW.items() if child.name == name]
            if self._wishes.below(name) and not any(map(self._spool.holds, streams)):
                logger.warning(
                    "%s is set, and no such records came: set %s of tap-xero too", setting, setting
                )

    def _compare_organisations(self) -> None:
        """Learns the countries of the two, where the stream ``organisations`` came."""
        for row in self._spool.every_row("organisations"):
            self._regions = regions_of(record_in(row), self._organisation.transport)

    def _read_existing(self, phase: Phase) -> None:
        """Reads what a phase's records may already be; an empty organisation has no documents."""
        if phase is Phase.DOCUMENTS:
            phase = Phase.STOCK_DOCUMENTS
        if phase is not Phase.STOCK_DOCUMENTS or self._existing.has_documents:
            self._existing.read(self._organisation.transport, phase)

    def _check_fail_fast(self) -> None:
        if self._wishes.fail_fast and self._reporter.failed.is_set():
            message = "a record was not published, and on_reject is fail_fast"
            raise StoppedError(message)

    def _plan(self, row: Row) -> Plan:
        child = BELOW.get(row.stream)
        if child is not None and self._wishes.below(child.name) is False:
            return Plan(reason=f"{BELOW_SETTINGS[child.name]} is false")
        plan = plan_of(
            row.stream,
            record_in(row),
            copy_voided=self._wishes.copy_voided,
            tracked=self._tracked,
        )
        return plan or Plan(reason=f"nobody knows how to copy the stream {row.stream}")

    def _skip(self, row: Row, reason: str) -> None:
        entity, child = BY_STREAM.get(row.stream), BELOW.get(row.stream)
        record = record_in(row)
        names = [entity.id_field] if entity else []
        if child is not None:
            names = [child.parent.id_field, "AttachmentID", "_entry_id"]
        key = {name: record[name] for name in names if name and name in record}
        source = Source(row.stream, (row.line,), key=key, origin=row.stream)
        name = entity.name if entity else child.title if child else row.stream
        result = Result(name, None, UNCHANGED, key, warnings=(f"not copied: {reason}",))
        self._reporter.end(source, result)

    def _do_chunk(self, chunk: list[tuple[int, Row]]) -> None:
        work = [(row, self._plan(row).steps[place]) for place, row in chunk]
        asked = {reference for _, step in work for reference in references_in(step.payload)}
        own = {(memory_of(step), step.source_id) for _, step in work}
        own |= {(step.stream, step.source_id) for _, step in work}
        known = self._ids.find(asked | own)
        unknown = {kind for kind, _ in asked - known.keys() - self._pretended.keys()}
        self._existing.read_for(self._organisation.transport, unknown)
        line_items = LineItems(self._organisation.transport, self._spool, known)
        lookups = Lookups(
            ids={
                **self._pretended,
                **{key: one.target_id for key, one in known.items()},
                **line_items.of([step for _, step in work if step.phase is Phase.LINKS]),
            },
            natural=self._existing.natural,
            codes=self._ids.kind("account_codes"),
            tax_types={
                **{one: one for kind, one in self._pretended if kind == "tax_rates"},
                **self._ids.kind("tax_rates"),
            },
        )
        self._changed = copies_of(self._organisation.transport, _changed_documents(work, known))
        for row, step in work:
            self._do(row, step, known, lookups)

    def _do(self, row: Row, step: Step, known: Mapping[Reference, Known], lookups: Lookups) -> None:
        source = self._source(row, step)
        digest = digest_of(step)
        done = known.get((memory_of(step), step.source_id))
        if done is not None and done.digest in (digest, ""):
            self._end(source, step, done.target_id)
            return
        copied = known.get((step.stream, step.source_id))
        if step.stream == "tax_rates" and copied is not None and not is_own(copied.target_id):
            copied = None  # a default rate, which nobody can change: another one stands for it now
        if step.kind is Kind.MATCH or (step.kind is Kind.MAKE and copied is None):
            found = self._existing.match(step)
            if found is not None:
                self._ids.remember({(step.stream, step.source_id): Known(found, digest)})
                self._end(source, step, found)
                return
            if step.kind is Kind.MATCH:
                self._end(source, step, None, "not copied: the target has none of that name")
                return
        if step.kind is Kind.REMOVE and copied is None and not self._is_pretended(step):
            self._end(source, step, None, "not copied: it is removed in the source")
            return
        if step.phase is Phase.BELOW and (why := self._not_copied(row, lookups)) is not None:
            self._end(source, step, None, f"not copied: what it hangs on is not: {why}")
            return
        self._publish(source, row, step, copied, digest, lookups)

    def _publish(
        self,
        source: Source,
        row: Row,
        step: Step,
        copied: Known | None,
        digest: str,
        lookups: Lookups,
    ) -> None:
        translation = translated(self._payload(row, step, copied), lookups)
        self._left_out.update(one.partition(" ")[0] for one in translation.left_out)
        record = {name: v for name, v in translation.record.items() if name[:1] != "_"}
        problems = list(translation.problems)
        method = "PUT"
        if step.kind is Kind.CHANGE:
            method = "POST"
        elif step.kind is Kind.REMOVE:
            method = "DELETE"
        elif copied is not None and not step.overwrites:
            method = "POST"
            problems += self._change_problems(step, copied, record)
        if not problems:
            try:
                publication = self._planner(step.entity, method, row.stream).publication(record)
            except InvalidRecordError as error:
                problems = error.problems
        if problems:
            self._reporter.invalid(source, step.entity, method, problems)
            return
        if step.stream == NOTES and self._is_there(step, record):
            self._ids.remember({(step.stream, step.source_id): Known("", digest)})
            self._end(source, step, None)
            return
        beside = beside_of(record_in(row), step)
        if self._wishes.dry_run and copied is None and self._pretend(source, step, beside):
            return
        self._memory.expect(source, Underway(step, digest, beside, is_new=copied is None))
        item = item_of(publication, source, self._target_tenant)
        # Status changes say little: anything would fit.
        item = replace(item, by_content=step.kind is Kind.MAKE)
        if step.in_order:
            item = replace(item, shared=item.shared | {"in order"})
        self._organisation.publish(item)

    def _payload(self, row: Row, step: Step, copied: Known | None) -> Record:
        """What is sent, still with the source's ids."""
        if step.stream == "tax_rates":
            return self._own_tax_rate(row, step, copied)
        there = None
        if copied is not None and step.kind is Kind.MAKE:
            there = self._changed.get((step.stream, copied.target_id.lower()))
        return step.payload if there is None else edit_of(step.payload, there)

    def _own_tax_rate(self, row: Row, step: Step, copied: Known | None) -> Record:
        """A tax rate as the target can have it, under a name that is no other's there."""
        besides = copied.target_id if copied is not None else ""
        taken = names_of(self._existing.tax_rates, besides=besides) | self._own_rates
        made = self._regions.own_tax_rate(record_in(row), step.payload, taken)
        self._own_rates.add(made["Name"].casefold())
        return made

    def _pretend(self, source: Source, step: Step, beside: Mapping[str, str]) -> bool:
        """In a dry run, has what would be made stand for itself; says whether that ends the step.

        What would be changed is not there to be looked up.
        """
        self._pretended[step.stream, step.source_id] = step.source_id
        for made, source_id in beside.items():
            self._pretended[MADE_BESIDE[made], source_id] = source_id
        if step.kind is Kind.MAKE:
            return False
        what = "update" if step.kind is Kind.CHANGE else "remove"
        self._reporter.end(source, Result(step.entity, None, DRY_RUN, source.key, would=what))
        return True

    def _not_copied(self, row: Row, lookups: Lookups) -> str | None:
        """Why the record that a file or note hangs on is not copied; None where it is, or fails."""
        parent = BELOW[row.stream].parent
        parent_id = str(record_in(row).get(parent.id_field or ""))
        line = self._spool.record(parent.stream, parent_id)
        if (parent.stream, parent_id) in lookups.ids or line is None:
            return None
        plan = self._plan(Row(0, parent.stream, line))
        if any(step.kind in (Kind.MAKE, Kind.MATCH) for step in plan.steps):
            return None
        return plan.reason or "it is removed in the source"

    def _is_there(self, step: Step, note: Record) -> bool:
        """Whether the target has a note already; what is only pretended has none."""
        return not self._wishes.dry_run and self._notes.take(step.entity, note)

    @staticmethod
    def _change_problems(step: Step, copied: Known, record: Record) -> list[str]:
        """Adds the id of what is changed; says why it cannot be."""
        entity = BY_NAME.get(step.entity)
        if entity is None or entity.writing is None or not entity.writing.updates:
            problem = (
                "it has changed in the source since it was copied, and Xero cannot change "
                f"{step.entity}: remove {copied.target_id} in the target, or leave it"
            )
            return [problem]
        record[entity.id_field or ""] = copied.target_id
        return []

    def _remove_gone(self, steps: Sequence[Step]) -> None:
        """Removes what copying has made of records that the source no longer has."""
        for step in steps:
            source = Source(
                step.stream,
                (),
                key=dict(step.payload),
                singer_key=(str(self._source_tenant), memory_of(step), step.source_id),
            )
            if is_gone(self._organisation.transport, step):
                self._ids.remember({(memory_of(step), step.source_id): Known("")})
                self._end(source, step, None, "it is gone from the copy too")
                continue
            planner = self._planner(step.entity, "DELETE", step.stream)
            self._memory.expect(source, Underway(step, ""))
            publication = planner.publication(step.payload)
            self._organisation.publish(item_of(publication, source, self._target_tenant))
        if steps:
            self._organisation.pipeline.flush()
            self._ids.write()

    def _planner(self, entity: str, method: str, stream: str) -> Planner:
        key = (entity, method)
        if key not in self._planners:
            rule = StreamRule(stream, entity, method)
            self._planners[key] = Planner(rule, batch_size=self._wishes.batch_size)
        return self._planners[key]

    def _source(self, row: Row, step: Step) -> Source:
        entity = BY_STREAM.get(step.stream)
        id_field = entity.id_field if entity and entity.id_field else "SourceID"
        return Source(
            row.stream,
            (row.line,),
            key=dict(step.named) or {id_field: step.source_id},
            singer_key=(str(self._source_tenant), memory_of(step), step.source_id),
            origin=row.stream,
        )

    def _is_pretended(self, step: Step) -> bool:
        return (step.stream, step.source_id) in self._pretended

    def _end(self, source: Source, step: Step, xero_id: str | None, remark: str = "") -> None:
        """Ends a step that needs nothing."""
        warnings = (remark,) if remark else ()
        result = Result(
            step.entity, None, UNCHANGED, source.key, xero_id=xero_id, warnings=warnings
        )
        self._reporter.end(source, result)

    def _open(self, opening: OpeningBalances) -> None:
        """Writes the opening balances."""
        payload = opening.payload(self._ids.kind("account_codes"))
        source = Source(
            "opening_balances",
            (),
            key={"date": opening.day.isoformat()},
            singer_key=(str(self._source_tenant), "opening_balances"),
        )
        planner = Planner(StreamRule("opening_balances", "Setup", path="/Setup"), batch_size=1)
        publication = planner.publication(payload)
        self._organisation.publish(item_of(publication, source, self._target_tenant))
        self._organisation.pipeline.flush()

    def _note_codes(self) -> None:
        """Notes the accounts that go by another code in the target."""
        codes = {}
        for row in self._spool.every_row("accounts"):
            account = record_in(row)
            found = self._existing.account(account)
            code, here = account.get("Code"), found.get("Code") if found else None
            if code and here and code != here:
                codes["account_codes", str(code)] = Known(str(here))
        self._ids.remember(codes)


def _changed_documents(
    work: Iterable[tuple[Row, Step]], known: Mapping[Reference, Known]
) -> Iterator[tuple[str, str]]:
    """Stream and target's id of documents whose copies are out of date."""
    for _, step in work:
        copied = known.get((step.stream, step.source_id))
        is_made = step.kind is Kind.MAKE and step.stream in SETTLED_STREAMS
        if is_made and copied is not None and copied.digest not in ("", digest_of(step)):
            yield step.stream, copied.target_id
