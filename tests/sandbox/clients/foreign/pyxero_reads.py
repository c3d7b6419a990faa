"""pyxero reads every list that it knows; prints one JSON object. It writes XML only.

Runs in an environment of its own, ``.tools/pyxero``.
"""

import json
import os
from datetime import datetime

from xero import Xero
from xero.auth import OAuth2Credentials
from xero.exceptions import XeroBadRequest

origin = os.environ["SANDBOX_ORIGIN"]
credentials = OAuth2Credentials(
    os.environ["SANDBOX_CLIENT_ID"],
    os.environ["SANDBOX_CLIENT_SECRET"],
    token=json.loads(os.environ["SANDBOX_TOKEN"]),
)
# The only patch: its host.
credentials.base_url = origin
credentials.tenant_id = os.environ["SANDBOX_TENANT"]
xero = Xero(credentials)
counts = {}
for name in xero.OBJECT_LIST:
    if name in ("Employees", "Attachments", "History"):
        continue
    manager = getattr(xero, name.lower())
    counts[name] = len(manager.all())
since = xero.invoices.filter(since=datetime(2026, 1, 1), raw='Type=="ACCREC"')  # noqa: DTZ001  # naive is UTC there
(read,) = xero.contacts.get(os.environ["SANDBOX_CONTACT"])
filtered = xero.contacts.filter(Name=read["Name"])
try:
    xero.contacts.filter(raw="Nope==1")
except XeroBadRequest as error:
    refusal = str(error)
print(  # noqa: T201  # the answer to the test
    json.dumps(
        {
            "counts": counts,
            "changed": [item["InvoiceID"] for item in since],
            "updated": read["UpdatedDateUTC"].isoformat(),
            "filtered": [item["ContactID"] for item in filtered],
            "refusal": refusal,
        }
    )
)
