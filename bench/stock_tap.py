"""A tap for Xero with singer-sdk's RESTStream, unchanged.

Everything that singer-sdk decides is left as it is: its reading of JSON, its conformance of types,
its messages. It asks for as many records a call as tap-xero does, so that work is compared and not
page sizes.
"""

from __future__ import annotations

import os
from typing import Any, ClassVar
from urllib.parse import ParseResult, parse_qs

from singer_sdk import RESTStream, Stream, Tap
from singer_sdk import typing as th
from singer_sdk.authenticators import BearerTokenAuthenticator
from singer_sdk.pagination import BaseHATEOASPaginator

from tap_xero.records.schemas import STREAM_NAMES, schema_of

PAGE_SIZE = 1000


class NextPage(BaseHATEOASPaginator):
    """The next page, as long as the ``pagination`` object promises one."""

    def get_next_url(self, response: Any) -> str | None:
        pagination = response.json()["pagination"]
        page = pagination["page"]
        return f"?page={page + 1}" if page < pagination["pageCount"] else None


class Invoices(RESTStream):
    name = "invoices"
    path = "/Invoices"
    primary_keys = ("InvoiceID",)
    records_jsonpath = "$.Invoices[*]"
    schema: ClassVar[dict[str, Any]] = schema_of("invoices")

    @property
    def url_base(self) -> str:
        return self.config["base_uri"]

    @property
    def authenticator(self) -> BearerTokenAuthenticator:
        return BearerTokenAuthenticator(token=self.config["access_token"])

    @property
    def http_headers(self) -> dict[str, str]:
        return {"Accept": "application/json", "xero-tenant-id": self.config["tenant_id"]}

    def get_new_paginator(self) -> NextPage:
        return NextPage()

    def get_url_params(self, context: Any, next_page_token: ParseResult | None) -> dict[str, Any]:
        del context
        page = parse_qs(next_page_token.query)["page"][0] if next_page_token else "1"
        return {"page": page, "pageSize": PAGE_SIZE, "order": "InvoiceID", "unitdp": 4}


class Listed(Stream):
    """A stream that is there to be discovered."""

    def get_records(self, context: Any) -> list[dict[str, Any]]:
        del context
        return []


class StockTap(Tap):
    name = "stock-tap"
    config_jsonschema = th.PropertiesList(
        th.Property("base_uri", th.StringType),
        th.Property("access_token", th.StringType),
        th.Property("tenant_id", th.StringType),
    ).to_dict()

    def discover_streams(self) -> list[Stream]:
        if "STOCK_TAP_ALL_STREAMS" in os.environ:
            return [Listed(self, schema_of(name), name) for name in STREAM_NAMES]
        return [Invoices(self)]


if __name__ == "__main__":
    StockTap.cli()
