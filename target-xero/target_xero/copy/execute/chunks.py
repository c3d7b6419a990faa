"""Some steps that are done together, and all that they need to know, looked up at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from target_xero.copy.execute.run import CopyRun
from target_xero.copy.mapping.id_map import Known
from target_xero.copy.mapping.line_items import LineItems
from target_xero.copy.mapping.references import Lookups, Reference, references_in
from target_xero.copy.rules.edits import SETTLED_STREAMS, copies_of
from target_xero.copy.spool import Row
from target_xero.copy.steps import (
    Kind,
    Phase,
    Record,
    Step,
    digest_of,
    made_memory,
    memory_of,
)
from target_xero.lookup.tax_rates import is_user_defined

Work = Sequence[tuple[Row, Step]]


@dataclass(frozen=True)
class Chunk:
    """Steps that are done together.

    Attributes:
        work: The steps with the records that ask for them.
        known: What earlier steps have made, by kind and source id.
        lookups: What their references become.
        changed: Documents of the target that are out of date, by stream and id, as they are now.
    """

    work: Work
    known: Mapping[Reference, Known]
    lookups: Lookups
    changed: Mapping[tuple[str, str], Record]

    def done(self, step: Step) -> Known | None:
        """What is remembered of this very step."""
        return self.known.get((memory_of(step), step.source_id))

    def copied(self, step: Step) -> Known | None:
        """What the record of a step has become, in this or an earlier run."""
        copied = self.known.get((step.stream, step.source_id))
        if step.stream == "tax_rates" and copied is not None and not is_user_defined(copied.target_id):
            return None  # a default rate, which nobody can change: another one stands for it now
        return copied

    def is_made(self, step: Step) -> bool:
        """Whether copying has made the record of a step, and not found it in the target."""
        return (made_memory(step.stream), step.source_id) in self.known

    def out_of_date(self, step: Step) -> Record | None:
        """The document of the target that a step changes."""
        copied = self.copied(step)
        if copied is None or step.kind is not Kind.MAKE:
            return None
        return self.changed.get((step.stream, copied.target_id.lower()))


def look_up(run: CopyRun, work: Work, pretended: Mapping[Reference, str]) -> Chunk:
    """Looks up what steps need to know.

    Args:
        run: The run.
        work: The steps, with the records that ask for them.
        pretended: What a dry run would have made.

    Raises:
        XeroError: A list or a document of the target cannot be read.
    """
    asked = {reference for _, step in work for reference in references_in(step.payload)}
    own = {(memory_of(step), step.source_id) for _, step in work}
    own |= {(step.stream, step.source_id) for _, step in work}
    own |= {(made_memory(step.stream), step.source_id) for _, step in work if step.if_made}
    known = run.ids.find(asked | own)
    run.existing.read_for(
        run.transport, {kind for kind, _ in asked - known.keys() - pretended.keys()}
    )
    line_items = LineItems(run.transport, run.spool, known)
    lookups = Lookups(
        ids={
            **pretended,
            **{key: one.target_id for key, one in known.items()},
            **line_items.of([step for _, step in work if step.phase is Phase.LINKS]),
        },
        natural=run.existing.natural,
        codes=run.ids.kind("account_codes"),
        tax_types={
            **{one: one for kind, one in pretended if kind == "tax_rates"},
            **run.ids.kind("tax_rates"),
        },
    )
    changed = copies_of(run.transport, _changed_documents(work, known))
    return Chunk(work, known, lookups, changed)


def _changed_documents(
    work: Iterable[tuple[Row, Step]], known: Mapping[Reference, Known]
) -> Iterator[tuple[str, str]]:
    """Stream and target's id of documents whose copies are out of date."""
    for _, step in work:
        copied = known.get((step.stream, step.source_id))
        is_made = step.kind is Kind.MAKE and step.stream in SETTLED_STREAMS
        if is_made and copied is not None and copied.digest not in ("", digest_of(step)):
            yield step.stream, copied.target_id
