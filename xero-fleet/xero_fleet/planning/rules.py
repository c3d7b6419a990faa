"""What the planner knows: its rules, the organisations, and the batches in flight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

HOT, COLD, BACKFILL, PUBLISH = "hot", "cold", "backfill", "publish"
CLASSES = (HOT, COLD, BACKFILL, PUBLISH)

MINUTE = 60.0
DAY = 86_400.0


@dataclass(frozen=True)
class Rules:
    """The limits that a plan keeps.

    Attributes:
        app_minute: Calls a minute that are planned at most, of the app's limit.
        organisation_minute: Calls to one organisation a minute.
        organisation_day: Calls to one organisation a day.
        backfill_share: The part of ``app_minute`` that backfills may take.
        publish_share: The part of ``app_minute`` that is kept for publishing.
        day_share: The part of an organisation's day that reading may take.
        batch_organisations: The most organisations of a batch.
        batch_seconds: How long a batch may take.
        workers: How many batches may be in flight.
        start_seconds: How long a batch takes without any call.
        call_seconds: How long a call takes, if no measurement says more.
    """

    app_minute: float = 9_500.0
    organisation_minute: float = 60.0
    organisation_day: float = 5_000.0
    backfill_share: float = 0.3
    publish_share: float = 0.1
    day_share: float = 0.8
    batch_organisations: int = 50
    batch_seconds: float = 300.0
    workers: int = 8
    start_seconds: float = 6.0
    call_seconds: float = 0.2

    @property
    def slice_calls(self) -> float:
        """The most calls that one organisation can make in a batch."""
        return self.organisation_minute * self.batch_seconds / MINUTE

    def day_limit(self, work_class: str) -> float:
        """The calls of an organisation's day that work of this class may take in all."""
        share = 1 - self.publish_share if work_class == PUBLISH else self.day_share
        return share * self.organisation_day

    def minute_limit(self, work_class: str) -> float:
        """The calls of the app's minute that this class may take, all classes of its kind together.

        Publishing may take the whole minute; reading leaves a part of it for publishing.
        """
        return (
            self.app_minute if work_class == PUBLISH else (1 - self.publish_share) * self.app_minute
        )


@dataclass(frozen=True)
class Candidate:
    """One organisation of a pipeline that nobody works on.

    Attributes:
        pipeline: The pipeline.
        tenant_id: The organisation.
        grant: The grant that reads it; a batch has one grant.
        work_class: One of ``CLASSES``.
        due_at: When its next run should begin.
        fresh_within: How old its data may be, in seconds.
        calls: The calls that a run is expected to take.
        day_used: The calls of its day that are used up.
    """

    pipeline: str
    tenant_id: str
    grant: str
    work_class: str
    due_at: float
    fresh_within: float
    calls: float
    day_used: float = 0.0

    def lateness(self, now: float) -> float:
        """How late it is, in parts of the time that its data may be old."""
        return (now - self.due_at) / self.fresh_within


@dataclass(frozen=True)
class Flight:
    """A batch that is planned or runs, or that began less than a minute ago.

    Attributes:
        work_class: Its class.
        calls: Its expected calls.
        seconds: Its expected duration.
        is_over: Whether it has ended, so that it has no worker any more.
    """

    work_class: str
    calls: float
    seconds: float
    is_over: bool = False

    @property
    def rate(self) -> float:
        """Its calls a minute; those of a shorter batch all come in one minute."""
        return self.calls * MINUTE / max(self.seconds, MINUTE)


@dataclass(frozen=True)
class PlannedBatch:
    """A batch of a plan.

    Attributes:
        tenant_ids: Its organisations, the latest ones first.
        calls: Its expected calls.
        seconds: Its expected duration.
    """

    pipeline: str
    grant: str
    work_class: str
    tenant_ids: tuple[str, ...]
    calls: float
    seconds: float


@dataclass(frozen=True)
class Plan:
    """The batches that run next, and what had to wait.

    Attributes:
        batches: In the order in which they should start.
        held: Why an organisation that is due is not in a batch, by pipeline and id: ``workers``,
            ``app minute``, ``backfill share``, ``organisation day``.
    """

    batches: tuple[PlannedBatch, ...]
    held: Mapping[tuple[str, str], str]

    @property
    def waiting(self) -> Mapping[str, int]:
        """The number of organisations that are not in a batch, by reason."""
        return Counter(self.held.values())
