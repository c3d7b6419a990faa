"""Loads, for many steps at once, all that executing them needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from target_xero.copy.execute.run import CopyRun
from target_xero.copy.mapping.id_map import ACCOUNT_CODES, IdMapping
from target_xero.copy.mapping.line_items import LineItemMatcher
from target_xero.copy.mapping.references import Reference, ReferenceTables, references_in
from target_xero.copy.rules.edits import SETTLED_STREAMS, read_copies
from target_xero.copy.rules.settings import ARCHIVABLE, restoring
from target_xero.copy.spool import SpooledRecord
from target_xero.copy.steps import Phase, Step, StepKind, created_kind, digest_of, mapping_kind
from target_xero.lookup.tax_rates import is_user_defined

RecordSteps = Sequence[tuple[SpooledRecord, Step]]
# Several rates of the source may be the same one in the target.
_SHARED = frozenset({"tax_rates"})


@dataclass(frozen=True)
class Chunk:
    """Steps that are executed together.

    Attributes:
        steps: The steps, each with its record.
        mappings: What was copied before, by kind and source id.
        tables: Translate the references of the steps.
        outdated_copies: Documents of the target, as Xero shows them, whose source has changed; by
            stream and id.
        owners: The record of the source that a record of the target is the copy of; by stream and
            target id. Grows while the steps are executed.
    """

    steps: RecordSteps
    mappings: Mapping[Reference, IdMapping]
    tables: ReferenceTables
    outdated_copies: Mapping[tuple[str, str], Mapping[str, Any]]
    owners: dict[Reference, str]

    def owner(self, step: Step, target_id: str) -> str | None:
        """The other record of the source that a record of the target is the copy of."""
        if step.stream in _SHARED:
            return None
        owner = self.owners.setdefault((step.stream, target_id), step.source_id)
        return owner if owner != step.source_id else None

    def previous(self, step: Step) -> IdMapping | None:
        """The mapping of this very step, if it was done before."""
        return self.mappings.get((mapping_kind(step), step.source_id))

    def copied(self, step: Step) -> IdMapping | None:
        """The mapping of the step's record, if this or an earlier run has copied it."""
        copied = self.mappings.get((step.stream, step.source_id))
        if (
            step.stream == "tax_rates"
            and copied is not None
            and not is_user_defined(copied.target_id)
        ):
            return None  # a default rate, which nobody can change: another rate must replace it
        return copied

    def was_created(self, step: Step) -> bool:
        """Whether the copy has created the step's record, and not found it in the target."""
        return (created_kind(step.stream), step.source_id) in self.mappings

    def outdated_copy(self, step: Step) -> Mapping[str, Any] | None:
        """The document of the target that a step changes, as Xero shows it."""
        copied = self.copied(step)
        if copied is None or step.kind is not StepKind.CREATE:
            return None
        return self.outdated_copies.get((step.stream, copied.target_id.lower()))


def load_chunk(run: CopyRun, steps: RecordSteps, simulated: Mapping[Reference, str]) -> Chunk:
    """Loads what executing steps needs.

    Args:
        run: The run.
        steps: The steps, each with its record.
        simulated: What the dry run would have created.

    Raises:
        XeroError: A list or a document of the target cannot be read.
    """
    references = {reference for _, step in steps for reference in references_in(step.payload)}
    keys = {(mapping_kind(step), step.source_id) for _, step in steps}
    keys |= {(step.stream, step.source_id) for _, step in steps}
    keys |= {
        (created_kind(step.stream), step.source_id) for _, step in steps if step.only_if_created
    }
    keys |= {
        (mapping_kind(restoring(step)), step.source_id)
        for _, step in steps
        if step.kind is StepKind.CREATE and step.stream in ARCHIVABLE
    }
    mappings = run.ids.find(references | keys)
    run.target_records.read_streams(
        run.transport, {stream for stream, _ in references - mappings.keys() - simulated.keys()}
    )
    line_items = LineItemMatcher(run.transport, run.spool, mappings, simulated)
    tables = ReferenceTables(
        ids={
            **simulated,
            **{key: mapping.target_id for key, mapping in mappings.items()},
            **line_items.target_ids([step for _, step in steps if step.phase is Phase.LINKS]),
        },
        ids_by_key=run.target_records.ids_by_key,
        account_codes=run.ids.target_ids(ACCOUNT_CODES),
        tax_types={
            **{tax_type: tax_type for stream, tax_type in simulated if stream == "tax_rates"},
            **run.ids.target_ids("tax_rates"),
        },
    )
    outdated = read_copies(run.transport, _outdated_copies(steps, mappings))
    matches = {
        (step.stream, found)
        for _, step in steps
        if step.kind is StepKind.CREATE
        and (step.stream, step.source_id) not in mappings
        and (found := run.target_records.match(step)) is not None
    }
    return Chunk(steps, mappings, tables, outdated, run.ids.owners(matches))


def _outdated_copies(
    steps: Iterable[tuple[SpooledRecord, Step]], mappings: Mapping[Reference, IdMapping]
) -> Iterator[tuple[str, str]]:
    """Stream and target id of the copies whose source has changed."""
    for _, step in steps:
        copied = mappings.get((step.stream, step.source_id))
        is_document = step.kind is StepKind.CREATE and step.stream in SETTLED_STREAMS
        if is_document and copied is not None and copied.digest not in ("", digest_of(step)):
            yield step.stream, copied.target_id
