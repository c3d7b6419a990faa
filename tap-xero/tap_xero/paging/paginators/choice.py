"""Chooses the paginator of a list."""

from __future__ import annotations

from datetime import datetime

from tap_xero.paging.list_request import ListRequest
from tap_xero.paging.page import PageRequest, Paginator
from tap_xero.paging.paginators.by_id import IdsPaginator
from tap_xero.paging.paginators.change_order import ModifiedSincePaginator
from tap_xero.paging.paginators.fallbacks import Fallback, FallbackPaginator
from tap_xero.paging.paginators.journals import OffsetPaginator
from tap_xero.paging.paginators.page_numbers import PageNumberPaginator
from tap_xero.paging.paginators.record_offsets import RecordOffsetPaginator
from tap_xero.paging.paginators.repeated_reads import RepeatedReadPaginator
from tap_xero.paging.paginators.whole_lists import WholeListPaginator
from xero_client.entities.table import Paging


def paginator_for(request: ListRequest) -> Paginator:
    """The paginator that reads the list completely."""
    if request.ids:
        return IdsPaginator(
            request.entity,
            request.ids,
            stream=request.stream,
            ids_per_call=request.ids_per_call,
            page_size=request.page_size,
            is_paged=request.paged,
        )
    if request.entity.reading.paging is Paging.OFFSET:
        return OffsetPaginator(request.offset)
    if not request.paged:
        return WholeListPaginator(
            modified_since=request.modified_since,
            has_page=request.parameters.page in request.params,
            remedy=request.whole_list_remedy,
        )
    if request.entity.reading.paging is Paging.RECORD_OFFSET:
        return RecordOffsetPaginator(
            page_size=request.page_size,
            modified_since=request.modified_since,
            identify=request.identify,
            parameters=request.parameters,
        )
    return _paged(request)


def _paged(request: ListRequest) -> Paginator:
    reading = request.entity.reading
    in_unknown_order = Fallback("in the order in which Xero sends them", lambda: _repeated(request))
    in_change_order = Fallback("in the order of change", lambda: _in_change_order(request))
    if request.in_change_order:
        return FallbackPaginator(_in_change_order(request), [in_unknown_order])
    may_leave = request.records_may_leave or reading.paging is not Paging.PAGE
    if not request.entity.keys:
        # Equal records without a key cannot be told apart, so the list is read once.
        may_leave = False
    paginator = _repeated(request, is_first=True) if may_leave else _page_numbers(request)
    if not request.is_default_order:
        return paginator
    has_change_order = reading.modified_since and reading.replication_key
    fallbacks = [in_change_order, in_unknown_order] if has_change_order else [in_unknown_order]
    return FallbackPaginator(paginator, fallbacks)


def _page_numbers(request: ListRequest) -> PageNumberPaginator:
    return PageNumberPaginator(
        page_size=request.page_size,
        modified_since=request.modified_since,
        id_field=request.entity.id_field,
        order=request.order,
        first=request.first_page,
        check_order=request.is_default_order,
        identify=request.identify,
        parameters=request.parameters,
    )


def _in_change_order(request: ListRequest) -> ModifiedSincePaginator:
    return ModifiedSincePaginator(
        page_size=request.page_size,
        modified_since=request.modified_since,
        id_field=request.entity.id_field,
        changed_field=request.entity.reading.replication_key or "",
    )


def _repeated(request: ListRequest, *, is_first: bool = False) -> RepeatedReadPaginator:
    """A list that is read until it is stable: in its own order, or as a fallback in any order."""
    entity = request.entity

    def again() -> PageNumberPaginator:
        return PageNumberPaginator(
            page_size=request.page_size,
            modified_since=request.modified_since,
            order=request.order if is_first else None,
            identify=request.identify,
            parameters=request.parameters,
        )

    def change_request(since: datetime) -> PageRequest:
        params = {request.parameters.page: "1", request.parameters.size: "1"}
        if entity.reading.hidden_parameter:
            params[entity.reading.hidden_parameter] = "true"
        return PageRequest(params, since, is_filtered=False)

    return RepeatedReadPaginator(
        _page_numbers(request) if is_first else again(),
        again,
        identify=request.identify,
        is_resumed=is_first and request.first_page > 1,
        change_request=change_request if entity.reading.modified_since else None,
        began_at=request.first_response_at,
    )
