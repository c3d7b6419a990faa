"""What describes an API and its resources: rows of facts, as in the tables of this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

READ = frozenset({"GET"})


class Style(Enum):
    """How an API wraps its answers (xero-facts.md: Differences between the APIs)."""

    PROJECTS = "pagination and items"
    ASSETS = "pagination and items, bare arrays"
    FILES = "TotalCount and Items, bare arrays"
    PAYROLL_1 = "an envelope as in the Accounting API, without pagination"
    PAYROLL_2 = "an envelope with pagination and problem"
    FINANCE = "bare objects and arrays"


class Shape(Enum):
    """What a GET of a collection gives."""

    PAGES = "a page of records"
    ARRAY = "all records"
    OBJECT = "one object for each parent, or for the organisation"


@dataclass(frozen=True)
class Resource:
    """One resource.

    Attributes:
        path: The path below the API's root; ids of parents in braces.
        id_field: The field that identifies a record.
        scope: The family of its scopes.
        key: The key of a list in the envelope, if the API has one.
        singular: The key of one record in the envelope.
        shape: What a GET gives.
        methods: The methods on the collection and on one record.
        required: The fields that a new record must have.
        lists: Parameters with several values, to the field that they compare.
        equals: Parameters with one value, to the field that they compare.
        since: Parameters with the least value of a field.
        until: Parameters with the largest value of a field.
        needs: Parameters without which a list is refused, with the values that they may have.
        list_omits: Fields that only single records have.
        actions: Paths below a record that set a field, or one of the members of a list (with a
            dot): name to field and value.
        defaults: Fields of a new record; the object itself, if the shape is an object.
        is_dated: Whether ``updatedDateUTC`` says when a record changed (Payroll 2.0).
        parent_field: The field with the parent's id; the name in braces, unless it is set.
        nested: Fields of single records that list the records of another resource: its path.
        hides: Fields that no answer has.
        cleared_by_put: Fields that a PUT without them clears.
        choices: The values that a field may have.
        bounds: The least and the largest number of a field.
        lengths: The longest text of a field.
        created: The status of a POST.
        takes: The fields that a write may set; others are ignored. Empty for all.
        amounts: Fields that are written as a number and shown as an amount with its currency: the
            name for writing, to the name for reading.
        currency_field: The field of the currency of its amounts, set when it is made.
        stamps: Fields with the time at which a record was made.
        whole_puts: Whether a PUT must have the required fields itself.
        parent_path: The path of the parents, if it is not the beginning of the path.
        selected_by: The parameter that says which of a parent's objects a GET gives.
        store: The path under which its records are kept, if it is that of another resource.
    """

    path: str
    id_field: str
    scope: str
    key: str = ""
    singular: str = ""
    shape: Shape = Shape.PAGES
    methods: frozenset[str] = READ
    required: tuple[str, ...] = ()
    lists: Mapping[str, str] = field(default_factory=dict)
    equals: Mapping[str, str] = field(default_factory=dict)
    since: Mapping[str, str] = field(default_factory=dict)
    until: Mapping[str, str] = field(default_factory=dict)
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    list_omits: frozenset[str] = frozenset()
    actions: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)
    is_dated: bool = False
    parent_field: str = ""
    nested: Mapping[str, str] = field(default_factory=dict)
    hides: frozenset[str] = frozenset()
    cleared_by_put: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bounds: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(default_factory=dict)
    created: int = 200
    takes: frozenset[str] = frozenset()
    amounts: Mapping[str, str] = field(default_factory=dict)
    currency_field: str = ""
    stamps: tuple[str, ...] = ()
    whole_puts: bool = False
    parent_path: str = ""
    selected_by: str = ""
    store: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the path."""
        return tuple(self.path.split("/"))

    @property
    def parent(self) -> str:
        """The field of a record with its parent's id; empty without a parent."""
        names = [part[1:-1] for part in self.parts if part.startswith("{")]
        return self.parent_field or (names[-1] if names else "")


@dataclass(frozen=True)
class Api:
    """One API.

    Attributes:
        name: Its name in the sandbox.
        root: Where its paths begin.
        style: How it wraps its answers.
        resources: What it has.
        country: The only country of organisations that it serves; empty for all.
        page_size: The default size of a page.
        max_page_size: The largest size; 0 if the size is fixed.
        size_parameter: The parameter of the size.
    """

    name: str
    root: str
    style: Style
    resources: tuple[Resource, ...]
    country: str = ""
    page_size: int = 100
    max_page_size: int = 0
    size_parameter: str = "pageSize"
