"""The setting ``streams``: what it can say of a stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from target_xero.build.destinations.routes import GenericMethod
from xero_client.settings.settings_schema import convert_settings

OnDeleted = Literal["reject", "remove", "skip"]
Overwriting = Literal["own", "any", "never"]


class StreamSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the setting says of a stream, or of all streams that match a glob; None if nothing."""

    entity: Annotated[
        str | None,
        msgspec.Meta(
            description=(
                "Xero's entity, such as Invoices, or a child such as Invoices/History; default: "
                "the stream's name."
            )
        ),
    ] = None
    method: GenericMethod | None = None
    path: Annotated[
        str | None,
        msgspec.Meta(description="Path, a template over the record: /Invoices/{InvoiceID}/Email."),
    ] = None
    query: Annotated[
        dict[str, Any] | None,
        msgspec.Meta(description="Query data; strings may be Jinja templates over record."),
    ] = None
    payload: Annotated[
        dict[str, Any] | None,
        msgspec.Meta(
            description=(
                "Payload data, merged over the record; strings may be Jinja templates over record."
            )
        ),
    ] = None
    group_by: Annotated[
        list[str] | str | None,
        msgspec.Meta(
            description=(
                "Consecutive records with the same values in these columns are one document."
            )
        ),
    ] = None
    columns: Annotated[
        dict[str, str] | None,
        msgspec.Meta(
            description=(
                'Xero\'s fields by column: {"Kunde": "Contact.Name", "Preis": '
                '"LineItems.UnitAmount"}; they win over every guess.'
            )
        ),
    ] = None
    date_format: Annotated[
        str | None,
        msgspec.Meta(description="As the target's own date_format, for this stream."),
    ] = None
    decimal_comma: Annotated[
        bool | None,
        msgspec.Meta(description="As the target's own decimal_comma, for this stream."),
    ] = None
    on_deleted: OnDeleted | None = None
    match: Annotated[
        list[str] | str | None,
        msgspec.Meta(
            description=(
                "Fields by which an existing record is found, such as EmailAddress, or "
                "Contact.Name and InvoiceNumber; several matches make the record invalid."
            )
        ),
    ] = None
    overwrite: Overwriting | None = None
    mirror: Annotated[
        bool | Literal["all"] | None,
        msgspec.Meta(
            description=(
                "When the tap has sent a whole stream (ACTIVATE_VERSION), remove what this stream "
                "published and that did not come again; all removes even more than half."
            )
        ),
    ] = None
    tenant_id: Annotated[
        str | None,
        msgspec.Meta(
            description=(
                "The organisation that a record goes to, by id or name; a Jinja template over "
                "record. Default: the target's own tenant_id."
            )
        ),
    ] = None
    files: Annotated[
        str | None,
        msgspec.Meta(
            description=(
                "Folder that the files of attachments (FilePath) are read from. Without it, no "
                "file is read. Hidden files, and links out of the folder, are refused."
            )
        ),
    ] = None
    envelope_paths: Annotated[
        bool | None,
        msgspec.Meta(
            description=(
                "Whether a record with the key path chooses the path that it is sent to. Set it "
                "only if you trust whoever writes the records. Default: false."
            )
        ),
    ] = None

    def over(self, other: StreamSettings) -> StreamSettings:
        """The settings of both. Those of ``self`` win; ``columns`` and the like are merged by key.

        Args:
            other: The settings that hold where ``self`` says nothing.
        """
        merged = msgspec.structs.asdict(other)
        for name, value in msgspec.structs.asdict(self).items():
            if value is None:
                continue
            is_mapping = isinstance(value, Mapping) and merged[name] is not None
            merged[name] = {**merged[name], **value} if is_mapping else value
        return StreamSettings(**merged)


def stream_settings(config: Mapping[str, Any]) -> dict[str, StreamSettings]:
    """The setting, by stream name or glob.

    Args:
        config: The target's configuration.

    Raises:
        SettingsError: A value is invalid.
    """
    return {
        name: settings_of(name, values) for name, values in (config.get("streams") or {}).items()
    }


def settings_of(name: str, values: Mapping[str, Any] | None) -> StreamSettings:
    """What the setting says of one stream or glob.

    Args:
        name: Its name.
        values: Its value in the configuration.

    Raises:
        SettingsError: A value is invalid.
    """
    return convert_settings(values or {}, StreamSettings, f"streams.{name}")
