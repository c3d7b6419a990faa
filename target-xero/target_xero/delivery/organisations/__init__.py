"""The organisations of a run: their connections, the scopes they need, and their pipelines."""

from target_xero.delivery.organisations.connection import (
    ConnectedOrganisation,
    Surroundings,
    new_run_id,
)
from target_xero.delivery.organisations.organisations import Organisations

__all__ = ["ConnectedOrganisation", "Organisations", "Surroundings", "new_run_id"]
