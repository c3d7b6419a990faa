"""The other APIs over HTTP: which API a path belongs to, and who may call it.

(xero-facts.md: Differences between the APIs, Payroll)
"""

from __future__ import annotations

from datetime import datetime

from xero_sandbox.api.access import Caller
from xero_sandbox.api.request_bodies import check_size
from xero_sandbox.http.calls import Call
from xero_sandbox.http.responses import (
    HttpError,
    HttpResponse,
    insufficient_scope,
    not_found,
    text_response,
)
from xero_sandbox.model.organisation import Organisation
from xero_sandbox.resources.files import files_response
from xero_sandbox.resources.finance import FINANCE
from xero_sandbox.resources.model import Api
from xero_sandbox.resources.payroll import PAYROLL_AU, PAYROLL_AU_2, PAYROLL_NZ, PAYROLL_UK
from xero_sandbox.resources.records import ResourceRequest, Target, target_of
from xero_sandbox.resources.tables import ASSETS, FILES, PROJECTS

APIS = (PROJECTS, ASSETS, FILES, PAYROLL_AU, PAYROLL_AU_2, PAYROLL_NZ, PAYROLL_UK, FINANCE)
ROOTS = tuple(dict.fromkeys(api.root for api in APIS))


def resources_response(
    organisation: Organisation, caller: Caller, call: Call, now: datetime
) -> HttpResponse:
    """Carries out one call to an API other than Accounting.

    Raises:
        HttpError: Any response but a success.
    """
    root = next(root for root in ROOTS if call.path.startswith(root))
    path = call.path[len(root) :]
    api = _api(organisation, root)
    check_size(call)
    if api is FILES:
        _check_scope(caller, "files", call)
        return files_response(organisation, path, call, now)
    target = _target(api, path)
    _check_scope(caller, target.resource.scope, call)
    return ResourceRequest(organisation, api, target, call, now).response()


def _api(organisation: Organisation, root: str) -> Api:
    """The API of a root that serves the organisation's country.

    Raises:
        HttpError: 405 for payroll of another country (xero-facts.md: Payroll gates).
    """
    serving = [api for api in APIS if api.root == root]
    for api in serving:
        if api.country in ("", organisation.country_code):
            return api
    if not serving:
        raise not_found()
    raise _not_allowed(organisation.country_code)


def _target(api: Api, path: str) -> Target:
    """What a path names.

    Raises:
        HttpError: 405 if only payroll of another country has the path, 404 if none has it.
    """
    try:
        return target_of(api, path)
    except HttpError:
        others = [each for each in APIS if each.root == api.root and each is not api]
        if any(_has_path(other, path) for other in others):
            raise _not_allowed(api.country) from None
        raise


def _has_path(api: Api, path: str) -> bool:
    try:
        target_of(api, path)
    except HttpError:
        return False
    return True


def _not_allowed(country: str) -> HttpError:
    message = f"Payroll of this path is not there for {country} organisations"
    return HttpError(text_response(405, message))


def _check_scope(caller: Caller, scope: str, call: Call) -> None:
    accepted = {scope} if call.method != "GET" else {scope, f"{scope}.read"}
    if not accepted & caller.scopes:
        raise insufficient_scope()
