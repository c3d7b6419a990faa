"""Executes steps together, in an order in which no record takes the name of another one's copy."""

from __future__ import annotations

from target_xero.copy.execute.chunks import Chunk, RecordSteps
from target_xero.copy.execute.executor import StepExecutor
from target_xero.copy.execute.publication_builders import PublicationBuilders
from target_xero.copy.execute.removal import remove_deleted
from target_xero.copy.execute.run import CopyRun
from target_xero.copy.mapping.references import Reference
from target_xero.copy.rules.settings import ARCHIVABLE, restoring
from target_xero.copy.schedule.scheduler import CopyRules
from target_xero.copy.spool import SpooledRecord
from target_xero.copy.steps import Step, StepKind, digest_of, mapping_kind


class ChunkExecutor:
    """Executes the steps of chunks.

    A record may have the name, code or number that another record of the source has given up. The
    copy of the other one has it until it is renamed or removed. The step of such a record waits for
    that, to the end of its phase.

    Copies that an earlier run has archived are made active again first, if their records are.
    """

    def __init__(
        self,
        run: CopyRun,
        rules: CopyRules,
        builders: PublicationBuilders,
        executor: StepExecutor,
    ) -> None:
        """Starts with nothing executed.

        Args:
            run: The run.
            rules: How records are copied.
            builders: Build the publications of removals.
            executor: Executes each step.
        """
        self._run = run
        self._rules = rules
        self._builders = builders
        self._executor = executor
        # Steps that wait, each with the source id of the record whose copy has their name.
        self._deferred: list[tuple[SpooledRecord, Step, str]] = []
        self._done_early: set[Reference] = set()

    def execute(self, steps: RecordSteps) -> None:
        """Executes some steps together.

        Args:
            steps: The steps, each with its record.

        Raises:
            XeroError: The target cannot be read.
        """
        chunk = self._executor.load(steps)
        self._restore(steps, chunk)
        for spooled, step in steps:
            if (mapping_kind(step), step.source_id) in self._done_early:
                continue
            owner = self._owner_of_match(step, chunk)
            if owner is None:
                self._executor.execute(spooled, step, chunk)
            else:
                self._deferred.append((spooled, step, owner))

    def execute_deferred(self, removals: list[Step]) -> None:
        """Executes the steps that had to wait until other records gave up their names.

        Args:
            removals: What is to be removed from the target because the source has deleted it; a
                removal that is done now is taken out.

        Raises:
            XeroError: The target cannot be read.
        """
        deferred, self._deferred = self._deferred, []
        if not deferred:
            return
        self._run.flush()
        for _, step, owner in deferred:
            self._remove_owner(step.stream, owner, removals)
        self._run.flush()
        steps = [(spooled, step) for spooled, step, _ in deferred]
        chunk = self._executor.load(steps)
        for spooled, step in steps:
            self._executor.execute(spooled, step, chunk)
        self._run.flush()

    def _restore(self, steps: RecordSteps, chunk: Chunk) -> None:
        """Makes copies active again that an earlier run has archived, if their records are."""
        restored = False
        for spooled, step in steps:
            if step.kind is not StepKind.CREATE or step.stream not in ARCHIVABLE:
                continue
            restore = restoring(step)
            done = chunk.previous(restore)
            plan = self._rules.plan(spooled).steps if done is not None else ()
            is_archived = any(
                mapping_kind(each) == mapping_kind(restore) and each.source_id == step.source_id
                for each in plan
            )
            if done is None or is_archived or done.digest == digest_of(restore):
                continue
            self._executor.execute(spooled, restore, chunk)
            restored = True
        if restored:
            self._run.flush()

    def _owner_of_match(self, step: Step, chunk: Chunk) -> str | None:
        """The other record of the source whose copy has the name or number of a step's record."""
        if step.kind is not StepKind.CREATE or chunk.copied(step) is not None:
            return None
        found = self._run.target_records.match(step)
        return None if found is None else chunk.owner(step, found)

    def _remove_owner(self, stream: str, source_id: str, removals: list[Step]) -> None:
        """Removes a copy whose name another record takes, if the source has removed it."""
        own = [step for step in removals if (step.stream, step.source_id) == (stream, source_id)]
        remove_deleted(self._run, self._builders, own)
        removals[:] = [step for step in removals if step not in own]
        line = self._run.spool.line_of(stream, source_id)
        if line is None:
            return
        spooled = SpooledRecord(0, stream, line)
        steps = [
            (spooled, step)
            for step in self._rules.plan(spooled).steps
            if step.kind is StepKind.REMOVE
        ]
        self.execute(steps)
        self._done_early |= {(mapping_kind(step), step.source_id) for _, step in steps}
