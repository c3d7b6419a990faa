"""Tracking categories and their options."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    parts,
    read_only,
    sent_subset,
    shape,
    text,
    without,
)

TRACKING_CATEGORIES = shape(
    text("TrackingCategoryID"),
    read_only(text("TrackingOptionID")),
    text("Name", "Name of the tracking category."),
    read_only(text("Option", "Name of the tracking option.")),
    text("Status", "Status: ACTIVE, ARCHIVED or DELETED."),
    read_only(parts("Options", "TrackingOption", "Options of the tracking category.")),
)
_TRACKING_OPTION = shape(
    read_only(
        text("TrackingOptionID"),
        text("Name", "Name of the tracking option."),
        text("Status", "Status: ACTIVE, ARCHIVED or DELETED."),
        text("TrackingCategoryID"),
        boolean("HasValidationErrors"),
        boolean("IsActive", "Whether it is active."),
        boolean("IsArchived", "Whether it is archived."),
        boolean("IsDeleted"),
    )
)

PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "TrackingOption": _TRACKING_OPTION,
        "LineTracking": without(TRACKING_CATEGORIES, "Status", "Options"),
        "Tracking": sent_subset(
            TRACKING_CATEGORIES,
            "TrackingCategoryID",
            "TrackingOptionID",
            "Name",
            "Option",
            ignored=(
                "Status",
                "Options",
            ),
        ),
        "Option": sent_subset(_TRACKING_OPTION, "TrackingOptionID", "Name", "Status"),
    }
)
