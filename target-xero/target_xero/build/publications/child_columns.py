"""Checks the setting ``columns`` of a stream of children: notes, files, allocations, members."""

from __future__ import annotations

from target_xero.build.contents.attachments import ATTACHMENT_FIELDS
from target_xero.build.destinations.destination import ChildDestination
from target_xero.build.destinations.names import destination_of
from target_xero.build.fields.columns import explicit_paths
from target_xero.build.records import InvalidRecordError
from target_xero.build.references.parents import names_parent
from target_xero.build.streams.stream_rule import StreamRule
from xero_client.entities.children import ATTACHMENTS
from xero_client.errors import SettingsError
from xero_client.names import normalized_name


def check_child_columns(rule: StreamRule) -> None:
    """Checks that each column goes to a field of the child, or to one that names its parent.

    Raises:
        SettingsError: A field does not exist.
    """
    destination = destination_of(rule.entity, rule.path)
    if not isinstance(destination, ChildDestination):
        return
    child, parent = destination.child, destination.parent
    is_file = child.name == ATTACHMENTS
    others = {
        column: field
        for column, field in rule.columns.items()
        if not names_parent(child, parent, field)
        and not (is_file and normalized_name(field) in ATTACHMENT_FIELDS)
    }
    if not others or destination.shape is None:
        return
    try:
        explicit_paths(others, destination.shape)
    except InvalidRecordError as error:
        message = f"Setting 'streams.{rule.stream}.columns': {error}"
        raise SettingsError(message) from None
