"""Connects xero-python, Xero's official SDK, to a running sandbox."""

import warnings
from typing import Any

from sandbox_caller import Caller

with warnings.catch_warnings():
    # Some imports of the SDK are deprecated.
    warnings.simplefilter("ignore")
    from xero_python.accounting import AccountingApi
    from xero_python.api_client import ApiClient
    from xero_python.api_client.configuration import Configuration
    from xero_python.api_client.oauth2 import OAuth2Token


class Sdk:
    """The SDK, connected to a sandbox."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        xero = caller.xero
        app = xero.apps["sandbox-web"]
        configuration = Configuration(
            oauth2_token=OAuth2Token(client_id=app.client_id, client_secret=app.secret)
        )
        self.client = ApiClient(configuration)
        grant = xero.grant(app.client_id)
        granted = {**grant, "scope": grant["scope"].split(), "expires_at": 2**40}
        self.client.oauth2_token_getter(lambda: granted)
        self.client.oauth2_token_saver(granted.update)
        self.accounting = AccountingApi(self.client, base_url=xero.base_uri)
        self.tenant_id = xero.tenant_id

    def call(self, name: str, *arguments: Any, **options: Any) -> Any:
        return getattr(self.accounting, name)(self.tenant_id, *arguments, **options)
