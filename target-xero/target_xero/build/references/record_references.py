"""Other records that a record names by number, name or contact, and whose ids are sent instead.

A payment names what it pays, an allocation its invoice, the member of a group a contact. Xero takes
ids there; which of several documents of one number it takes is not documented (xero-facts.md:
Writing by entity). So they are looked up before the record is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from target_xero.build.records import InvalidRecordError, Record
from target_xero.build.references.match_keys import CONTACT_FIELDS, MatchKey, text_at
from xero_client.entities.table import ALL_BY_STREAM, ENTITIES, Entity
from xero_client.entities.write_spec import NamedRecord
from xero_client.json_value import Json

Path = tuple[str | int, ...]

# In the path of a request, the place of a record's own id that is looked up before it is sent.
OWN_PLACE = "{own}"


@dataclass(frozen=True)
class LineReference:
    """A line of the record that is found.

    Attributes:
        description: The line's description; None for its only line.
        id_path: Where the id of the line is sent.
    """

    description: str | None
    id_path: Path


@dataclass(frozen=True)
class RecordReference:
    """One record that is to be found.

    Attributes:
        entity: Xero's name of its entity.
        key: The fields by which it is found, with their values.
        named_at: The fields that name it, by their paths; they are not sent.
        id_path: Where its id is sent; empty if it is sent in the path of the request.
        line: The line of it that is meant; None if it is about the whole record.
        in_list: The path of the list that it is in, if it is of another API or is named by a
            record of one. Braces stand for ids that other references find.
        in_path: The name in braces, in the paths of the record, that its id replaces.
    """

    entity: str
    key: MatchKey
    named_at: tuple[Path, ...]
    id_path: Path
    line: LineReference | None = None
    in_list: str = ""
    in_path: str = ""

    @property
    def shown_path(self) -> str:
        """Where it is named, in words: ``Payments[0].Invoice``."""
        text = ""
        for step in self.named_at[0]:
            text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        return text


# The fields of the contact in a document, the best first: lists may lack its number
# (xero-facts.md: Paging).
_NARROWING = ("ContactID", "Name", "ContactNumber")
# The documents and credits that a payment may be for, by the field that names them.
PAYABLE: Mapping[str, Entity] = MappingProxyType(
    {entity.singular: entity for entity in ENTITIES if entity.is_paid}
)
# The entities that records of a shape may name in this way.
_NAMED_IN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Payments": tuple(entity.name for entity in PAYABLE.values()),
        "BatchPayments": ("Invoices",),
        "Allocation": ("Invoices",),
        "LinkedTransactions": ("Invoices", "Contacts"),
        "Member": ("Contacts",),
        "PaymentService": ("PaymentServices",),
    }
)


def named_entities(shape: str | None) -> tuple[str, ...]:
    """The entities whose records a record of a shape may name by number or name."""
    of_other_api = _refers(shape).values()
    if of_other_api:
        return tuple(ALL_BY_STREAM[named.stream].title for named in of_other_api)
    return _NAMED_IN.get(shape or "", ())


def _refers(shape: str | None) -> Mapping[str, NamedRecord]:
    """The records that a record of another API may name, by the field of their id."""
    entity = ALL_BY_STREAM.get(shape or "")
    return entity.writing.refers if entity is not None and entity.writing is not None else {}


def with_ids_of_parts(entity: Entity, fields: Record) -> Record:
    """The fields with the ids that parts give: ``projectId`` for ``{"project": {"projectId": …}}``.

    A part whose id is known is left out.

    Args:
        entity: An entity of another API.
        fields: The fields; they stay as they are.
    """
    parts = entity.writing.parts_with_names if entity.writing is not None else {}
    if not any(part in fields for part in parts):
        return fields
    kept = dict(fields)
    for part, id_field in parts.items():
        named = kept.get(part)
        if isinstance(named, dict) and not kept.get(id_field):
            ids = (value for name, value in named.items() if name.lower() == id_field.lower())
            if record_id := next(ids, None):
                kept[id_field] = record_id
        if kept.get(id_field):
            kept.pop(part, None)
    return kept


def other_references(entity: Entity, fields: Record) -> tuple[RecordReference, ...]:
    """The records that a record of another API names without their ids, parents first.

    Args:
        entity: Its entity.
        fields: Its fields, with the ids of its parents.

    Raises:
        InvalidRecordError: A part says nothing by which a record can be found.
    """
    writing = entity.writing
    if writing is None:
        return ()
    found = []
    for part, id_field in writing.parts_with_names.items():
        named = fields.get(part)
        if not isinstance(named, dict):
            continue
        target = writing.refers[id_field]
        key = _named_key(named, target.names)
        if not key:
            names = " or ".join(f"{part}.{name}" for name in target.names)
            raise InvalidRecordError([f"{part} names no record: give {names}, or the {id_field}"])
        row = ALL_BY_STREAM[target.stream]
        is_parent = id_field in entity.parent_fields
        is_sent = not is_parent or writing.sends_parent
        reference = RecordReference(
            row.title,
            key,
            ((part,),),
            (id_field,) if is_sent else (),
            in_list=filled_with(row.path, fields),
            in_path=id_field if is_parent else "",
        )
        found.append(reference)
    return tuple(sorted(found, key=lambda reference: not reference.in_path))


def filled_with(path: str, fields: Record) -> str:
    """A path with the values of fields in place of their names in braces, if they have a value."""
    for name, value in fields.items():
        if isinstance(value, str):
            path = path.replace(f"{{{name}}}", value)
    return path


def _named_key(named: Record, names: Sequence[str]) -> MatchKey:
    """The best field that a part names its record by, with its value."""
    return next(
        (((name, text),) for name in names if (text := text_at(named, name)) is not None), ()
    )


def record_references(shape: str | None, fields: Record) -> tuple[RecordReference, ...]:
    """The records that a record names without their ids.

    Args:
        shape: Its shape.
        fields: Its fields, as Xero takes them.
    """
    if shape is None or shape not in _NAMED_IN:
        return ()
    return tuple(_references(shape, fields))


def _references(shape: str, fields: Record) -> Iterator[RecordReference]:
    if shape == "Payments":
        for part in PAYABLE:
            yield from _payable(part, (), fields, number_is_own=True)
    elif shape == "BatchPayments":
        for index, payment in enumerate(fields.get("Payments") or ()):
            if isinstance(payment, dict):
                yield from _payable("Invoice", ("Payments", index), payment)
    elif shape == "Allocation":
        yield from _payable("Invoice", (), fields)
    elif shape == "Member":
        yield from _member(fields)
    elif shape == "PaymentService":
        name = text_at(fields, "PaymentServiceName")
        if name and not fields.get("PaymentServiceID"):
            key: MatchKey = (("PaymentServiceName", name),)
            at: Path = ("PaymentServiceName",)
            yield RecordReference("PaymentServices", key, (at,), ("PaymentServiceID",))
    else:
        yield from _linked(fields)


def _payable(
    part: str, prefix: Path, holder: Record, *, number_is_own: bool = False
) -> Iterator[RecordReference]:
    """The document that a payment or an allocation is for."""
    entity, named = PAYABLE[part], holder.get(part)
    id_field, number_field = str(entity.id_field), entity.named_by[0]
    named_at: list[Path] = [(*prefix, part)] if isinstance(named, dict) else []
    named = named if isinstance(named, dict) else {}
    if named.get(id_field):
        return
    number = text_at(named, number_field)
    # A payment has a reference of its own.
    if number_is_own and number_field in holder and number_field != "Reference":
        number = number or text_at(holder, number_field)
        named_at.append((number_field,))
    contact = _contact_key(named.get("Contact"), _NARROWING, "Contact.")
    key = [(number_field, number)] if number else []
    if not key and not (entity.named_by_contact and contact):
        return
    if document_type := text_at(named, "Type"):
        key.append(("Type", document_type))
    id_path = (*prefix, part, id_field)
    yield RecordReference(entity.name, (*key, *contact), tuple(named_at), id_path)


def _member(fields: Record) -> Iterator[RecordReference]:
    if fields.get("ContactID"):
        return
    part = fields.get("Contact")
    key = _contact_key(part) or _contact_key(fields)
    if key:
        named_at = tuple((name,) for name in ("Contact", *CONTACT_FIELDS) if name in fields)
        yield RecordReference("Contacts", key, named_at, ("ContactID",))


def _linked(fields: Record) -> Iterator[RecordReference]:
    key = _contact_key(fields.get("Contact"))
    if key and not fields.get("ContactID"):
        yield RecordReference("Contacts", key, (("Contact",),), ("ContactID",))
    for side in ("Source", "Target"):
        document, line = f"{side}Transaction", f"{side}LineItem"
        if fields.get(f"{document}ID"):
            continue
        for found in _payable("Invoice", (), {"Invoice": fields.get(document)}):
            named_line, line_id = fields.get(line), (f"{line}ID",)
            names: tuple[Path, ...] = ((document,),)
            wanted: LineReference | None = None
            if isinstance(named_line, dict):
                names = (*names, (line,))
            if not fields.get(line_id[0]) and (isinstance(named_line, dict) or side == "Source"):
                description = text_at(named_line, "Description") if named_line else None
                wanted = LineReference(description, line_id)
            yield RecordReference(found.entity, found.key, names, (f"{document}ID",), wanted)


def _contact_key(
    contact: Json,
    fields: Sequence[str] = CONTACT_FIELDS,
    prefix: str = "",
) -> MatchKey:
    """The best field that a nested contact has, with its value."""
    if not isinstance(contact, dict):
        return ()
    for name in fields:
        if text := text_at(contact, name):
            return ((f"{prefix}{name}", text),)
    return ()


def with_ids(fields: Record, found: Mapping[RecordReference, tuple[str, str | None]]) -> Record:
    """The fields with the ids of records, instead of what named them.

    Args:
        fields: The fields; they stay as they are.
        found: The id of each record, and of its line.
    """
    copied: Record = _copied(fields)
    for reference in found:
        for path in reference.named_at:
            holder = _holder(copied, path)
            holder.pop(path[-1], None)
    for reference, (record_id, line_id) in found.items():
        if reference.id_path:
            _holder(copied, reference.id_path)[reference.id_path[-1]] = record_id
        if reference.line is not None and line_id is not None:
            _holder(copied, reference.line.id_path)[reference.line.id_path[-1]] = line_id
    return copied


def _holder(fields: Json, path: Path) -> Json:
    holder = fields
    for step in path[:-1]:
        holder = holder[step] if isinstance(step, int) else holder.setdefault(step, {})
    return holder


def _copied(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _copied(inner) for name, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value
