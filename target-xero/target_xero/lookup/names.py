"""Replaces the names in a publication by the codes and ids that Xero takes.

Each list (tax rates, accounts, items, branding themes, tracking categories) is read at most once,
and again only after this run has published to it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from msgspec.structs import replace

from target_xero.build.destinations.destination import ChildDestination, Destination
from target_xero.build.fields.name_references import OBJECTS, Named, NameReference
from target_xero.build.publications.publication import Publication, size_checked
from target_xero.build.records import InvalidRecordError, Record
from target_xero.lookup.lists import every_record
from xero_client.errors import AccessDeniedError, ScopeMissingError
from xero_client.http import wire
from xero_client.http.transport import Transport
from xero_client.json_value import Json
from xero_client.names import is_guid, nearest_name

_ENTITIES = {
    Named.TAX_RATE: "TaxRates",
    Named.ACCOUNT: "Accounts",
    Named.ITEM: "Items",
    Named.BRANDING_THEME: "BrandingThemes",
    Named.TRACKING: "TrackingCategories",
    Named.ACCOUNT_PART: "Accounts",
}
_CODE_FIELDS = {
    Named.TAX_RATE: "TaxType",
    Named.ACCOUNT: "Code",
    Named.ITEM: "Code",
    Named.BRANDING_THEME: "BrandingThemeID",
    # A bank account need not have a code.
    Named.ACCOUNT_PART: "AccountID",
}
_OPTIONS = "TrackingCategories/Options"
# The kinds of names by their entity.
_NAMED_OF = {
    entity: tuple(named for named, name in _ENTITIES.items() if name == entity)
    for entity in _ENTITIES.values()
}
# The destinations whose records have such names before Xero has them.
_EXPECTED = frozenset({*_ENTITIES.values(), _OPTIONS} - {"TaxRates"})
_INACTIVE = frozenset({"ARCHIVED", "DELETED"})


@dataclass(frozen=True)
class _Names:
    """The codes of one list.

    Attributes:
        codes: The codes by name and by code, both without case.
        names: The names, as Xero spells them.
        ambiguous: The names, without case, that several records have.
    """

    codes: Mapping[str, str]
    names: tuple[str, ...]
    ambiguous: frozenset[str]


class NameResolver:
    """Replaces names by codes, for one organisation; used by one thread."""

    def __init__(self, transport: Transport) -> None:
        """Reads nothing yet.

        Args:
            transport: The organisation's connection.
        """
        self._transport = transport
        self._lists: dict[Named, _Names] = {}
        self._categories: dict[str, tuple[str, dict[str, str]]] | None = None
        self._expected: dict[str, list[Record]] = {}

    def resolved(self, publication: Publication) -> Publication:
        """The publication with codes for its names.

        Raises:
            InvalidRecordError: Xero does not have a name.
            XeroError: A list cannot be read.
        """
        if not publication.names:
            return publication
        fields: Record = copy.deepcopy(publication.fields)
        problems: list[str] = []
        for reference in publication.names:
            holder = _holder(fields, reference)
            if holder is not None:
                try:
                    self._replace(holder, reference, problems)
                except (AccessDeniedError, ScopeMissingError) as error:
                    lists = _ENTITIES[reference.named]
                    problem = (
                        f"{_shown(reference)}: the name cannot be looked up in {lists}: {error}"
                    )
                    raise InvalidRecordError([problem]) from error
        if problems:
            raise InvalidRecordError(problems)
        content = size_checked(wire.encode(fields))
        return replace(publication, fields=fields, content=content, names=())

    def forget(self, destination: Destination) -> None:
        """Reads the list of an entity again when it is needed, because this run changes it."""
        changed = destination.name
        if isinstance(destination, ChildDestination):
            changed = destination.parent.name
        for named in _NAMED_OF.get(changed, ()):
            self._lists.pop(named, None)
            if named is Named.TRACKING:
                self._categories = None

    def expect(self, publication: Publication) -> None:
        """Counts a record as one that Xero has, because a dry run would create it.

        A tax rate is not known before, because Xero chooses its type.
        """
        name = publication.destination.name
        if name in _EXPECTED:
            fields = dict(publication.fields)
            if publication.parent_key is not None:
                fields["Category"] = publication.parent_key.fields[0][1]
            elif publication.parent is not None:
                fields["Category"] = publication.parent_id
            self._expected.setdefault(name, []).append(fields)
            self.forget(publication.destination)

    def _replace(self, holder: Json, reference: NameReference, problems: list[str]) -> None:
        if reference.named is Named.TRACKING:
            problem = self._tracking_problem(holder)
            if problem is not None:
                problems.append(f"{_shown(reference)}: {problem}")
            return
        is_part = reference.named is Named.ACCOUNT_PART
        field = reference.path[-1]
        text = str(holder.get("Code") or holder["Name"] if is_part else holder[field]).strip()
        names = self._names(reference.named)
        code = names.codes.get(text.casefold())
        what = Named.ACCOUNT.value if is_part else reference.named.value
        if text.casefold() in names.ambiguous:
            problems.append(f"{_shown(reference)}: Xero has several {what}s named {text!r}")
        elif code is not None and is_part:
            holder.clear()
            holder["AccountID" if is_guid(code) else "Code"] = code
        elif code is not None:
            holder[field] = code
        elif not reference.is_code:
            problems.append(f"{_shown(reference)}: {_missing(what, text, names.names)}")

    def _names(self, named: Named) -> _Names:
        if named not in self._lists:
            entity = _ENTITIES[named]
            expected = self._expected.get(entity, ())
            records = chain(every_record(self._transport, entity), expected)
            self._lists[named] = _names_of(records, _CODE_FIELDS[named])
        return self._lists[named]

    def _tracking_problem(self, entry: Record) -> str | None:
        """Spells the names of a category and its option as Xero does; what is wrong, if any."""
        if self._categories is None:
            self._categories = self._read_categories()
        if entry.get("TrackingCategoryID"):
            return None
        name, option = str(entry.get("Name") or "").strip(), str(entry["Option"]).strip()
        category = self._categories.get(name.casefold())
        if category is None:
            known = [known_name for known_name, _ in self._categories.values()]
            return _missing("tracking category", name, known)
        spelled, options = category
        if option.casefold() not in options:
            return _missing(
                f"option of the tracking category {spelled!r}", option, options.values()
            )
        entry["Name"], entry["Option"] = spelled, options[option.casefold()]
        return None

    def _read_categories(self) -> dict[str, tuple[str, dict[str, str]]]:
        """The tracking categories and their options, by name without case."""
        categories: dict[str, tuple[str, dict[str, str]]] = {}
        # By id too, as an option may name its category.
        by_key: dict[str, tuple[str, dict[str, str]]] = {}
        expected = self._expected.get("TrackingCategories", ())
        for category in chain(every_record(self._transport, "TrackingCategories"), expected):
            name = str(category.get("Name"))
            options = [str(option.get("Name")) for option in category.get("Options") or ()]
            found = (name, {option.casefold(): option for option in options})
            categories[name.casefold()] = found
            by_key |= {name.casefold(): found, str(category.get("TrackingCategoryID")): found}
        for option in self._expected.get(_OPTIONS, ()):
            name, key = str(option.get("Name")), str(option.get("Category")).casefold()
            if key in by_key:
                by_key[key][1][name.casefold()] = name
        return categories


def _names_of(records: Iterable[Record], code_field: str) -> _Names:
    by_name: dict[str, str] = {}
    by_code: dict[str, str] = {}
    names: list[str] = []
    ambiguous: set[str] = set()
    for record in records:
        # An account that a dry run would create has a code, and no id.
        code = record.get(code_field) or record.get("Code")
        if not code or record.get("Status") in _INACTIVE:
            continue
        by_code[str(code).casefold()] = str(code)
        if record.get("Code"):
            by_code[str(record["Code"]).casefold()] = str(code)
        name = str(record.get("Name") or "").strip()
        if not name:
            continue
        names.append(name)
        if by_name.setdefault(name.casefold(), str(code)) != str(code):
            ambiguous.add(name.casefold())
    return _Names({**by_name, **by_code}, tuple(names), frozenset(ambiguous - by_code.keys()))


def _missing(what: str, text: str, known: Iterable[str]) -> str:
    nearest = nearest_name(text, known)
    hint = f"; the nearest is {nearest!r}" if nearest is not None else ""
    return f"Xero has no {what} named {text!r}{hint}"


def _holder(fields: Record, reference: NameReference) -> Json:
    """The object that holds the name; None if it is not sent."""
    is_object = reference.named in OBJECTS
    found: Json = fields
    for step in reference.path if is_object else reference.path[:-1]:
        in_list = isinstance(found, list) and isinstance(step, int) and step < len(found)
        if not in_list and not (isinstance(found, dict) and step in found):
            return None
        found = found[step]
    return found if is_object or reference.path[-1] in found else None


def _shown(reference: NameReference) -> str:
    text = ""
    for step in reference.path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
