"""Converts the records of one stream to Xero's fields; refuses fields that Xero does not have."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from target_xero.build.contents.attachments import ATTACHMENT_FIELDS
from target_xero.build.destinations.destination import (
    ChildDestination,
    Destination,
    EntityDestination,
)
from target_xero.build.fields.coercion import Coerced, Coercion, UnknownField
from target_xero.build.fields.columns import ColumnMapper, field_path, unknown_field_problem
from target_xero.build.records import InvalidRecordError, Record
from target_xero.build.streams.stream_rule import IGNORE, StreamRule
from xero_client.names import did_you_mean, normalized_name

# A column of every record that tap-xero reads. What it reads may be newer than the fields that are
# known here, so that its unknown fields are always left out.
TAP_XERO_COLUMN = "_tenant_id"


class RecordConverter:
    """Converts the records of one stream; what can be prepared is prepared once."""

    def __init__(
        self,
        rule: StreamRule,
        *,
        write_nulls: bool,
        is_import_template: bool = False,
        key_columns: Collection[str] = (),
    ) -> None:
        """Takes the stream's rule.

        Args:
            rule: How the stream is published.
            write_nulls: Whether empty values are sent.
            is_import_template: Whether the records come from one of Xero's import templates.
            key_columns: The stream's key properties, which need not be fields of Xero.
        """
        self._rule = rule
        self._write_nulls = write_nulls
        self._is_import_template = is_import_template
        # What templates or the publish log read is not unknown.
        self._read_elsewhere = rule.columns_read | frozenset(key_columns)
        self._mappers: dict[str, ColumnMapper] = {}
        self._coercions: dict[tuple[str, bool], Coercion] = {}

    def ignores_unknown(self, record: Record) -> bool:
        """Whether unknown fields of a record are left out, instead of refused."""
        return self._rule.unknown_columns == IGNORE or TAP_XERO_COLUMN in record

    def mapped(self, record: Record, destination: Destination, shape: str) -> Record:
        """The record with Xero's fields for its columns.

        Raises:
            InvalidRecordError: Two columns with different values are the same field.
        """
        mapper = self._mappers.get(shape)
        if mapper is None:
            mapper = self._mappers[shape] = ColumnMapper(
                shape,
                destination.read_only,
                keep_empty=self._write_nulls,
                columns={} if isinstance(destination, ChildDestination) else self._rule.columns,
                read_elsewhere=self._read_elsewhere,
            )
        return mapper.apply(record)

    def coerced(self, payload: Record, destination: EntityDestination, *, has_id: bool) -> Coerced:
        """The fields of an entity's record, as Xero takes them.

        Args:
            payload: The record with Xero's fields.
            destination: What it is published to.
            has_id: Whether its id is known, so that the ids of its lines are valid.

        Raises:
            InvalidRecordError: A value cannot be converted.
        """
        key = (destination.name, has_id)
        coercion = self._coercions.get(key)
        if coercion is None:
            coercion = self._coercions[key] = Coercion(
                destination.shape,
                destination.read_only,
                self._write_nulls,
                keep_line_ids=has_id,
                date_format=self._rule.date_format,
                decimal_comma=self._rule.decimal_comma,
                names_first=self._is_import_template,
            )
        return coercion.convert(payload)

    def coerced_child(self, body: Record, destination: ChildDestination) -> Coerced:
        """The fields of a child; of one without fields, such as an e-mail, what is left over.

        Raises:
            InvalidRecordError: A value cannot be converted.
        """
        child = destination.child
        if child.shape is not None:
            key = (child.title, False)
            coercion = self._coercions.get(key)
            if coercion is None:
                coercion = self._coercions[key] = Coercion(
                    child.shape,
                    write_nulls=self._write_nulls,
                    date_format=self._rule.date_format,
                    decimal_comma=self._rule.decimal_comma,
                )
            return coercion.convert(self.mapped(body, destination, child.shape))
        # The columns of the parent may be there, as in a table of invoices to be sent.
        unknown = [
            UnknownField(name, None, name)
            for name, value in body.items()
            if value not in (None, "")
            and name[:1] != "_"
            and name not in self._read_elsewhere
            and field_path(name, destination.parent.name) is None
            and name not in destination.read_only
        ]
        return Coerced({}, tuple(unknown))

    def warnings(
        self, coerced: Coerced, destination: Destination, *, ignore: bool
    ) -> tuple[str, ...]:
        """What is left out of a record because Xero does not have it.

        Raises:
            InvalidRecordError: There is something, and ``ignore`` is false.
        """
        if not coerced.unknown:
            return ()
        problems = [
            unknown_field_problem(field.path, field.name, field.shape, destination.name)
            for field in coerced.unknown
        ]
        return _left_out(problems, ignore=ignore)

    def attachment_warnings(
        self, body: Record, destination: Destination, *, ignore: bool
    ) -> tuple[str, ...]:
        """The same for the columns of an attachment.

        Raises:
            InvalidRecordError: There is an unknown column, and ``ignore`` is false.
        """
        problems = [
            f"{name!r} is not a field of Xero's {destination.name}"
            f"{did_you_mean(name, ATTACHMENT_FIELDS)}"
            for name, value in body.items()
            if value not in (None, "")
            and normalized_name(name) not in ATTACHMENT_FIELDS
            and not name.startswith("_")
            and name not in self._read_elsewhere
        ]
        return _left_out(problems, ignore=ignore)


def _left_out(problems: Sequence[str], *, ignore: bool) -> tuple[str, ...]:
    if problems and not ignore:
        hint = "correct it, map it with 'columns', or set 'unknown_columns' to 'ignore'"
        raise InvalidRecordError([*problems[:-1], f"{problems[-1]}: {hint}"])
    return tuple(f"{problem}; it was left out" for problem in problems)
