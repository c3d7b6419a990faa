"""Reads and writes the records of the other APIs, as their tables say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from xero_sandbox.http.calls import Call
from xero_sandbox.http.guids import ids_in_one_spelling
from xero_sandbox.http.responses import HttpError, HttpResponse, not_found, text_response
from xero_sandbox.http.xero_json import decode, from_json_values
from xero_sandbox.model.clock import day_in_two_digits
from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.reading.parameters import modified_since
from xero_sandbox.resources import answers
from xero_sandbox.resources.model import Api, Resource, Shape, Style


@dataclass(frozen=True)
class Target:
    """What a path names.

    Attributes:
        resource: The resource.
        parent_id: The id of the parent; empty without one.
        record_id: The id of one record; empty for the collection.
        action: The last part of the path of an action; else empty.
    """

    resource: Resource
    parent_id: str = ""
    record_id: str = ""
    action: str = ""


def target_of(api: Api, path: str) -> Target:
    """What a path below the API's root names; case does not matter.

    Raises:
        HttpError: 404.
    """
    parts = [part for part in path.split("/") if part]
    for resource in sorted(api.resources, key=_literal_parts, reverse=True):
        own = resource.parts
        rest = parts[len(own) :]
        ids = [part for name, part in zip(own, parts, strict=False) if name.startswith("{")]
        same = len(parts) >= len(own) and all(
            name.startswith("{") or name.lower() == part.lower()
            for name, part in zip(own, parts, strict=False)
        )
        if not same or len(rest) > 2 or (rest and not resource.id_field):  # noqa: PLR2004
            continue
        parent_id = ids[-1].lower() if ids else ""
        called = rest[1].lower() if len(rest) == 2 else ""  # noqa: PLR2004
        action = next((name for name in resource.actions if name.lower() == called), "")
        if len(rest) == 2 and not action:  # noqa: PLR2004  # another resource
            continue
        return Target(resource, parent_id, rest[0].lower() if rest else "", action)
    raise not_found()


def _literal_parts(resource: Resource) -> tuple[int, int]:
    literal = sum(not part.startswith("{") for part in resource.parts)
    return len(resource.parts), literal


def store_of(organisation: Organisation, api: Api, path: str) -> dict[str, Record]:
    """The records of a resource, by id."""
    return organisation.resources.setdefault(f"{api.name}/{path}", {})


class ResourceRequest:
    """One call to a resource of an organisation."""

    def __init__(
        self, organisation: Organisation, api: Api, target: Target, call: Call, now: datetime
    ) -> None:
        self._organisation = organisation
        self._api = api
        self._target = target
        self._resource = target.resource
        self._call = call
        self._now = now
        self._store = store_of(organisation, api, self._resource.store or self._resource.path)

    def response(self) -> HttpResponse:
        """Carries the call out.

        Raises:
            HttpError: Any response but a success.
        """
        self._check_parent()
        handler = self._handlers().get(self._call.method)
        if handler is None:
            message = f"The method is not allowed: {self._call.method} {self._call.path}"
            raise HttpError(text_response(405, message))
        return handler()

    def _handlers(self) -> dict[str, Callable[[], HttpResponse]]:
        """What carries out each method that the path has."""
        methods = self._resource.methods
        if self._target.action:
            return {"POST": self._act}
        if self._resource.shape is Shape.OBJECT:
            return dict.fromkeys(methods, self._object)
        handlers = {"GET": self._list, "POST": self._create}
        if self._target.record_id:
            handlers = {
                "GET": self._single,
                "PUT": self._change,
                "PATCH": self._change,
                "DELETE": self._delete,
            }
            if self._api.style is Style.PAYROLL_1:
                handlers["POST"] = self._change
        return {method: handler for method, handler in handlers.items() if method in methods}

    def _delete(self) -> HttpResponse:
        self._record()
        del self._store[self._key()]
        return answers.empty_response(self._api, self._now)

    def _check_parent(self) -> None:
        parts = self._resource.parts
        if not self._target.parent_id:
            return
        first = next(i for i, part in enumerate(parts) if part[0] == "{")
        above = self._resource.parent_path or "/".join(parts[:first])
        if self._target.parent_id not in store_of(self._organisation, self._api, above):
            raise not_found()

    def _key(self, record_id: str = "") -> str:
        """Where a record is kept: ids of children are unique below their parent only."""
        own = record_id or self._target.record_id
        return f"{self._target.parent_id}/{own}" if self._target.parent_id else own

    def _record(self) -> Record:
        record = self._store.get(self._key())
        if record is None:
            raise not_found()
        return record

    def _children(self) -> list[Record]:
        """The records of the collection, of one parent if it has one."""
        prefix = f"{self._target.parent_id}/"
        if self._resource.store and self._target.parent_id:
            return [
                record
                for record in self._store.values()
                if str(record.get(self._resource.parent, "")).lower() == self._target.parent_id
            ]
        return [
            record
            for key, record in self._store.items()
            if not self._target.parent_id or key.startswith(prefix)
        ]

    def _shown(self, record: Record, *, single: bool) -> Record:
        resource = self._resource
        hidden = resource.hides if single else resource.hides | resource.list_omits
        shown = {name: value for name, value in record.items() if name not in hidden}
        return self._with_nested(shown, self._target.record_id) if single else shown

    def _with_nested(self, record: Record, record_id: str) -> Record:
        """A record with the lists of the other resources that belong to it."""
        shown = dict(record)
        for name, path in self._resource.nested.items():
            child = next(item for item in self._api.resources if item.path == path)
            shown[name] = [*(record.get(name) or ())] + [
                {key: value for key, value in item.items() if key not in child.hides}
                for item in store_of(self._organisation, self._api, path).values()
                if str(item.get(child.parent, "")).lower() == record_id
            ]
        return shown

    def _list(self) -> HttpResponse:
        for name, values in self._resource.needs.items():
            text = self._call.parameter(name)
            if not text or (values and text.upper() not in values):
                wanted = f"must be one of {', '.join(values)}" if values else "is required"
                raise answers.refusal(self._api, {name: wanted})
        records = [record for record in self._children() if self._matches(record)]
        shown = [self._shown(record, single=False) for record in records]
        return answers.page_response(self._api, self._resource, shown, self._call, self._now)

    def _matches(self, record: Record) -> bool:
        resource, call = self._resource, self._call
        texts = {**resource.lists, **resource.equals}
        for name, field in texts.items():
            text = call.parameter(name)
            if text and str(record.get(field)).lower() not in text.lower().split(","):
                return False
        for name, field in resource.since.items():
            text = call.parameter(name)
            if text and str(record.get(field, "")) < day_in_two_digits(text):
                return False
        for name, field in resource.until.items():
            text = call.parameter(name)
            if text and str(record.get(field, "")) > day_in_two_digits(text):
                return False
        return self._changed_since(record) and self._passes_filter(record)

    def _changed_since(self, record: Record) -> bool:
        if self._api.style is not Style.PAYROLL_1:
            return True
        since = modified_since(self._call)
        if since is not None and self._resource.store:
            # [GH xero-node#644] (xero-facts.md: Payroll AU 1.0)
            raise HttpError(text_response(500, "Internal Server Error"))
        return since is None or record["UpdatedDateUTC"] >= since

    def _passes_filter(self, record: Record) -> bool:
        """``filter=firstName==Ana,lastName==Bo`` (xero-facts.md: Payroll NZ and UK)."""
        text = self._call.parameter("filter") or ""
        if self._api.style is not Style.PAYROLL_2 or not text:
            return True
        fields = {name.lower(): str(value).lower() for name, value in record.items()}
        return all(
            fields.get(name.strip().lower()) == value.strip().lower()
            for name, _, value in (part.partition("==") for part in text.split(","))
        )

    def _single(self) -> HttpResponse:
        record = self._shown(self._record(), single=True)
        return answers.record_response(self._api, self._resource, record, self._now)

    def _object(self) -> HttpResponse:
        key = self._target.parent_id
        if selected := self._call.parameter(self._resource.selected_by):
            key = f"{key}/{selected.lower()}"
        if self._call.method != "GET":
            (sent,) = self._sent()[:1] or [{}]
            parent = {self._resource.parent: key} if key else {}
            self._store[key] = {**self._store.get(key, {}), **sent, **parent}
        record = self._store.get(key)
        has_default = bool(self._resource.nested) or (bool(self._resource.defaults) and not key)
        if record is None and has_default:
            record = dict(self._resource.defaults)
        if record is not None and self._call.method == "GET":
            record = self._with_nested(record, key)
        if record is None:
            raise not_found()
        return answers.record_response(self._api, self._resource, record, self._now)

    def _sent(self) -> list[Record]:
        """The objects of the body: an array in Payroll AU, else one object."""
        try:
            content = decode(self._call.body or b"{}")
        except msgspec.DecodeError as error:
            raise answers.refusal(self._api, {"body": str(error)}) from None
        items = ids_in_one_spelling("", content if isinstance(content, list) else [content])
        if not items or not all(isinstance(item, dict) for item in items):
            raise answers.refusal(self._api, {"body": "it must be an object"})
        if self._api.style is Style.PAYROLL_1:
            return [from_json_values(item) for item in items]
        if len(items) > 1:
            raise answers.refusal(self._api, {"body": "it must be one object"})
        return [self._taken(item) for item in items]

    def _taken(self, sent: Record) -> Record:
        """What a write takes of an object; numbers become amounts in the base currency."""
        resource = self._resource
        takes = frozenset({"status"}) if self._call.method == "PATCH" else resource.takes
        taken = {name: value for name, value in sent.items() if not takes or name in takes}
        for name, shown in resource.amounts.items():
            if name in taken:
                currency = self._organisation.base_currency
                taken[shown] = {"currency": currency, "value": taken.pop(name)}
        return taken

    def _check(self, record: Mapping[str, Any]) -> None:
        resource = self._resource
        problems = {
            name: "is required" for name in resource.required if record.get(name) in (None, "")
        }
        for name, values in resource.choices.items():
            if name in record and record[name] not in values:
                problems[name] = f"must be one of {', '.join(values)}"
        for name, (least, most) in resource.bounds.items():
            value = record.get(name)
            if value is not None and not (isinstance(value, int) and least <= value <= most):
                problems[name] = f"must be from {least} to {most}"
        for name, longest in resource.lengths.items():
            if len(str(record.get(name, ""))) > longest:
                problems[name] = f"must not be longer than {longest} characters"
        if problems:
            raise answers.refusal(self._api, problems)

    def _create(self) -> HttpResponse:
        saved = [self._save(sent) for sent in self._sent()]
        if self._api.style is Style.PAYROLL_1:
            return answers.list_response(self._resource, saved, self._now)
        status = self._resource.created
        return answers.record_response(self._api, self._resource, saved[0], self._now, status)

    def _save(self, sent: Record) -> Record:
        """Creates a record, or changes that of the id in it (Payroll AU)."""
        resource = self._resource
        own = str(sent.get(resource.id_field) or "").lower()
        before = self._store.get(self._key(own)) if own else None
        if before is not None and self._api.style is not Style.PAYROLL_1 and not resource.parent:
            raise answers.refusal(self._api, {resource.id_field: "exists already"})
        if own and before is None and self._api.style is Style.PAYROLL_1:
            raise answers.refusal(self._api, {resource.id_field: "the record does not exist"})
        if (
            own
            and self._api.style is Style.PAYROLL_2
            and resource.id_field not in resource.required
        ):
            own = ""  # Xero gives the id
        transaction = Transaction(self._organisation, self._now, "")
        record_id = own or transaction.new_id()
        parent = {resource.parent: self._target.parent_id} if self._target.parent_id else {}
        record = {resource.id_field: record_id, **resource.defaults, **(before or {}), **sent}
        record |= {**parent, resource.id_field: record_id}
        record |= dict.fromkeys(resource.stamps, self._moment())
        if resource.currency_field:
            record[resource.currency_field] = self._organisation.base_currency
        if self._api.style is Style.PAYROLL_1:
            record["UpdatedDateUTC"] = self._now
        elif resource.is_dated:
            record["updatedDateUTC"] = f"{self._now:%Y-%m-%dT%H:%M:%S}"
        self._check(record)
        self._store[self._key(record_id)] = record
        return record

    def _moment(self) -> str:
        return f"{self._now:%Y-%m-%dT%H:%M:%S}.{self._now.microsecond:06d}0Z"

    def _change(self) -> HttpResponse:
        before = self._record()
        (sent,) = self._sent()[:1]
        if self._call.method == "PUT" and self._resource.whole_puts:
            self._check(sent)
        if self._call.method == "PATCH" and not sent:
            raise answers.refusal(self._api, {"status": "is required"})
        kept = dict(before)
        if self._call.method == "PUT":
            for name in self._resource.cleared_by_put:
                kept.pop(name, None)
        id_part = {self._resource.id_field: before[self._resource.id_field]}
        record = {**kept, **sent, **id_part}
        if self._api.style is Style.PAYROLL_1:
            record["UpdatedDateUTC"] = self._now
        self._check(record)
        self._store[self._key()] = record
        if self._api.style is Style.PROJECTS:
            return answers.empty_response(self._api, self._now)
        if self._api.style is Style.PAYROLL_1:
            return answers.list_response(self._resource, [record], self._now)
        return answers.record_response(self._api, self._resource, record, self._now)

    def _act(self) -> HttpResponse:
        field, value = self._resource.actions[self._target.action]
        before = self._record()
        name, _, of_members = field.partition(".")
        changed: Any = value
        if of_members:
            changed = [{**member, of_members: value} for member in before.get(name) or ()]
        self._store[self._key()] = {**before, name: changed}
        record = self._shown(self._record(), single=True)
        if self._api.style is Style.PAYROLL_1:
            return answers.list_response(self._resource, [record], self._now)
        return answers.record_response(self._api, self._resource, record, self._now)
