"""What a run tells about its records while it takes them; a plan listens to it."""

from __future__ import annotations

from target_xero.build.records import Provenance
from target_xero.delivery.dry_run.prediction import Prediction
from target_xero.delivery.items import Item
from target_xero.report.results import Result


class RunListener:
    """Listens to a run. This one does nothing with what it hears.

    Attributes:
        more_scopes: The scopes that it needs besides those of the entities.
    """

    more_scopes: tuple[str, ...] = ()

    def predicted(self, item: Item, prediction: Prediction) -> None:
        """Is called with what a run would do with an item, in a dry run."""

    def reported(self, provenance: Provenance, result: Result) -> None:
        """Is called with the result of each record."""

    def skipped_deleted(self, provenance: Provenance) -> None:
        """Is called with a record that its source has marked as deleted, if it is left out."""

    def skipped_empty(self, provenance: Provenance) -> None:
        """Is called with a record without any value, which is left out."""
