"""What the setting ``custom_streams`` can say of a stream."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from tap_xero.requests.parameters import PageSize, Params


class CustomStream(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the setting ``custom_streams`` says of a stream."""

    path: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            description=(
                "The path below base_uri, or that of another API: /projects.xro/2.0/Projects."
            ),
        ),
    ]
    records: Annotated[
        str | None,
        msgspec.Meta(
            description=(
                "The key of the records in the response, with dots for keys inside it. Default: "
                "the response itself is the list, or the one record."
            )
        ),
    ] = None
    key_properties: Annotated[
        list[str] | None,
        msgspec.Meta(description="The fields that identify a record within an organisation."),
    ] = None
    params: Params = {}
    paging: Annotated[
        Literal["none", "page", "offset"],
        msgspec.Meta(description="How to ask for pages: none (default), page or offset."),
    ] = "none"
    page_parameter: Annotated[
        str | None,
        msgspec.Meta(
            description="The parameter of the page number or offset. Default: page, offset."
        ),
    ] = None
    page_size_parameter: Annotated[
        str | None,
        msgspec.Meta(description="The parameter of the page size. Default: pageSize."),
    ] = None
    page_size: PageSize | None = None
    modified_since: Annotated[
        bool,
        msgspec.Meta(description="Whether to send If-Modified-Since. Needs replication_key."),
    ] = False
    replication_key: Annotated[
        str | None,
        msgspec.Meta(description="The field whose latest value is the bookmark: a date and time."),
    ] = None
    scope: Annotated[
        str | None,
        msgspec.Meta(
            description=(
                "The scope that the calls need. Default: the scope of the list that the path "
                "begins with."
            )
        ),
    ] = None
    schema: Annotated[
        dict[str, Any] | None,
        msgspec.Meta(
            description="The JSON Schema of a record. Default: inferred from a first page."
        ),
    ] = None
