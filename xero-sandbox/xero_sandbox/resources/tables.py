"""The resources of Projects, Assets and Files: rows of facts.

(xero-facts.md: Projects, Assets, Files)
"""

from __future__ import annotations

from xero_sandbox.resources.model import Api, Resource, Shape, Style

_PROJECT_AMOUNTS = (
    "totalTaskAmount",
    "totalExpenseAmount",
    "taskAmountToBeInvoiced",
    "taskAmountInvoiced",
    "expenseAmountToBeInvoiced",
    "expenseAmountInvoiced",
    "projectAmountInvoiced",
    "deposit",
    "depositApplied",
    "creditNoteAmount",
    "totalInvoiced",
    "totalToBeInvoiced",
)
_ALL = frozenset({"GET", "POST", "PUT", "DELETE"})

PROJECTS = Api(
    "projects",
    "/projects.xro/2.0/",
    Style.PROJECTS,
    (
        Resource(
            "Projects",
            "projectId",
            "projects",
            methods=frozenset({"GET", "POST", "PUT", "PATCH"}),
            required=("name",),
            lists={"projectIds": "projectId", "states": "status"},
            equals={"contactID": "contactId"},
            choices={"status": ("INPROGRESS", "CLOSED")},
            created=201,
            takes=frozenset({"name", "contactId", "estimateAmount", "deadlineUtc"}),
            amounts={"estimateAmount": "estimate"},
            currency_field="currencyCode",
            whole_puts=True,
            defaults={
                "status": "INPROGRESS",
                "minutesLogged": 0,
                "minutesToBeInvoiced": 0,
                **{name: {"value": 0} for name in _PROJECT_AMOUNTS},
            },
        ),
        Resource("ProjectsUsers", "userId", "projects"),
        Resource(
            "Projects/{projectId}/Tasks",
            "taskId",
            "projects",
            methods=_ALL,
            required=("name", "rate", "chargeType"),
            lists={"taskIds": "taskId"},
            equals={"chargeType": "chargeType"},
            choices={"chargeType": ("TIME", "FIXED", "NON_CHARGEABLE")},
            lengths={"name": 100},
            created=201,
            takes=frozenset({"name", "rate", "chargeType", "estimateMinutes"}),
            whole_puts=True,
            defaults={
                "status": "ACTIVE",
                "totalMinutes": 0,
                "minutesInvoiced": 0,
                "minutesToBeInvoiced": 0,
                "fixedMinutes": 0,
                "nonChargeableMinutes": 0,
                **{
                    name: {"value": 0}
                    for name in ("totalAmount", "amountToBeInvoiced", "amountInvoiced")
                },
            },
        ),
        Resource(
            "Projects/{projectId}/Time",
            "timeEntryId",
            "projects",
            methods=_ALL,
            required=("userId", "taskId", "dateUtc", "duration"),
            lists={"states": "status"},
            equals={"userId": "userId", "taskId": "taskId"},
            since={"dateAfterUtc": "dateUtc"},
            until={"dateBeforeUtc": "dateUtc"},
            defaults={"status": "ACTIVE"},
            bounds={"duration": (1, 59_940)},
            takes=frozenset({"userId", "taskId", "dateUtc", "duration", "description"}),
            stamps=("dateEnteredUtc",),
            whole_puts=True,
            cleared_by_put=("description",),
        ),
    ),
    page_size=50,
    max_page_size=500,
)

_ASSET_DETAILS = frozenset({"serialNumber", "warrantyExpiryDate"})
ASSETS = Api(
    "assets",
    "/assets.xro/1.0/",
    Style.ASSETS,
    (
        Resource(
            "Assets",
            "assetId",
            "assets",
            methods=frozenset({"GET", "POST"}),
            required=("assetName",),
            equals={"status": "assetStatus"},
            needs={"status": ("DRAFT", "REGISTERED", "DISPOSED")},
            list_omits=_ASSET_DETAILS,
            defaults={"assetStatus": "Draft", "canRollback": True},
        ),
        Resource(
            "AssetTypes",
            "assetTypeId",
            "assets",
            shape=Shape.ARRAY,
            methods=frozenset({"GET", "POST"}),
            required=("assetTypeName", "bookDepreciationSetting"),
            defaults={"locks": 0},
        ),
        Resource(
            "Settings",
            "",
            "assets",
            shape=Shape.OBJECT,
            defaults={"assetNumberPrefix": "FA-", "assetNumberSequence": "0001"},
        ),
    ),
    page_size=10,
    # Not documented; 100 is in use.
    max_page_size=100,
)

FILES = Api(
    "files",
    "/files.xro/1.0/",
    Style.FILES,
    (
        Resource(
            "Files",
            "Id",
            "files",
            methods=frozenset({"GET", "PUT", "DELETE"}),
            required=("Name",),
            takes=frozenset({"Name", "FolderId"}),
        ),
        Resource(
            "Folders",
            "Id",
            "files",
            shape=Shape.ARRAY,
            methods=_ALL,
            required=("Name",),
            takes=frozenset({"Name"}),
            defaults={"FileCount": 0, "IsInbox": False},
        ),
        Resource(
            "Files/{FileId}/Associations",
            "ObjectId",
            "files",
            shape=Shape.ARRAY,
            methods=frozenset({"GET", "POST", "DELETE"}),
            required=("ObjectId", "ObjectGroup"),
            takes=frozenset({"ObjectId", "ObjectGroup", "ObjectType"}),
            created=201,
        ),
    ),
    page_size=50,
    max_page_size=100,
    size_parameter="pagesize",
)
