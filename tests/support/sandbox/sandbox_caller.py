"""Plain HTTP calls to a running sandbox, for tests of the sandbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from xero_sandbox.server import RunningSandbox, server


class Caller:
    """Calls the Accounting API of a sandbox with a token that has all scopes."""

    def __init__(self, xero: RunningSandbox, **grant: Any) -> None:
        self.xero = xero
        self.headers = xero.headers(**grant)
        self.session = requests.Session()

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return self.session.request(
            method, f"{self.xero.base_uri}/{path}", headers=headers, timeout=30, **options
        )

    def get(self, path: str, headers: dict[str, str] | None = None, **params: Any) -> Any:
        response = self.send("GET", path, headers=headers or {}, params=params)
        assert response.status_code == 200, response.text
        return response.json()

    def ids(self, entity: str, id_field: str, **params: Any) -> list[str]:
        return [record[id_field] for record in self.get(entity, **params)[entity]]

    def refusal(self, path: str, **params: Any) -> requests.Response:
        response = self.send("GET", path, params=params)
        assert response.status_code >= 400, response.text
        return response

    def close(self) -> None:
        self.session.close()


@contextmanager
def calling(*companies: Any, **options: Any) -> Iterator[Caller]:
    """A caller of a sandbox that runs for as long as the block lasts."""
    with server(companies=companies or ("empty",), **options) as xero:
        caller = Caller(xero)
        yield caller
        caller.close()
