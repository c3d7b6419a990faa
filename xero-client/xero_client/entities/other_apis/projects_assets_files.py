"""Projects, Assets and Files (xero-facts.md: Projects, Assets, Files)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from xero_client.entities.entity import Entity, LoadLayer
from xero_client.entities.other_apis.fields import assets, files, projects
from xero_client.entities.read_spec import ByObject, Paging, ParentSpec, ReadSpec
from xero_client.entities.write_spec import (
    NOT_SINGLE,
    Body,
    NamedRecord,
    Removal,
    Route,
    WriteSpec,
)

_PROJECTS_NEED = (
    "Xero Projects must be switched on in the organisation, and the user needs the role Standard "
    "or Admin in Projects"
)
_ASSETS_NEED = "The organisation's plan must have fixed assets"


def _projects(
    stream: str,
    path: str,
    id_field: str,
    *,
    has_parent: bool = False,
    ids_parameter: str | None = None,
    personal: str = "",
    named_by: tuple[str, ...] = (),
    writing: WriteSpec | None = None,
) -> Entity:
    return Entity(
        path.rpartition("/")[2],
        stream,
        id_field,
        ("projects",),
        # No order, and no time of the last change (xero-facts.md: Projects).
        ReadSpec(
            Paging.UNORDERED,
            full_table=True,
            where=False,
            selected_by_default=False,
            max_page_size=500,
            ids_parameter=ids_parameter,
        ),
        writing,
        fields=projects.FIELDS[stream],
        path=f"/projects.xro/2.0/{path}",
        records=("items",),
        parent=ParentSpec("projects", _PROJECT_ID) if has_parent else None,
        needs=_PROJECTS_NEED,
        personal=frozenset(personal.split()),
        named_by=named_by,
        references=_streams_of(writing),
    )


def _streams_of(writing: WriteSpec | None) -> Mapping[str, str]:
    """The stream of the records that a record may name, by the field of the id."""
    refers = writing.refers if writing is not None else {}
    return MappingProxyType({name: record.stream for name, record in refers.items()})


def _project_writing(
    id_field: str,
    removal: Removal,
    *,
    found_by: tuple[str, ...],
    created_field: str = "",
    status_route: Route | None = None,
    refers: Mapping[str, NamedRecord] = MappingProxyType({}),
    aliases: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> WriteSpec:
    """One record a call: POST creates, PUT replaces and is answered without a body."""
    removal_route = Route.DELETE_ID if removal.uses_delete else removal.route
    return WriteSpec(
        frozenset({Route.POST, Route.PUT_ID, removal_route}),
        body=Body.RECORD,
        match_fields=(id_field,),
        update_route=Route.PUT_ID,
        status_route=status_route,
        replaces=True,
        batch_limit=1,
        removal=removal,
        answer=(),
        no_content=frozenset({"PUT", "PATCH", "DELETE"}),
        found_by=found_by,
        created_field=created_field,
        refers=refers,
        aliases=aliases,
    )


_DELETE = Removal("status", default_status=None, uses_delete=True)
_PROJECT_ID = MappingProxyType({"projectId": "projectId"})
_PROJECT = NamedRecord("projects")
_CONTACT = NamedRecord("contacts", ("ContactNumber", "Name"))
PROJECTS = (
    replace(
        _projects(
            "projects",
            "Projects",
            "projectId",
            ids_parameter="projectIds",
            writing=_project_writing(
                "projectId",
                # Xero does not delete projects.
                Removal("status", default_status="CLOSED", route=Route.PATCH_ID),
                found_by=("name", "contactId"),
                refers=MappingProxyType({"contactId": _CONTACT}),
                status_route=Route.PATCH_ID,
                aliases=MappingProxyType(
                    {"estimateAmount": ("estimate.value", "estimateAmount.value")}
                ),
            ),
        ),
        load_layer=LoadLayer.API_RECORDS,
    ),
    _projects(
        "project_users",
        "ProjectsUsers",
        "userId",
        personal="name email",
        named_by=("email", "name"),
    ),
    _projects(
        "project_tasks",
        "Projects/{projectId}/Tasks",
        "taskId",
        has_parent=True,
        writing=_project_writing(
            "taskId",
            _DELETE,
            found_by=("name",),
            refers=MappingProxyType({"projectId": _PROJECT}),
        ),
    ),
    replace(
        _projects(
            "project_time_entries",
            "Projects/{projectId}/Time",
            "timeEntryId",
            has_parent=True,
            writing=_project_writing(
                "timeEntryId",
                _DELETE,
                found_by=("userId", "taskId", "dateUtc", "duration"),
                created_field="dateEnteredUtc",
                refers=MappingProxyType(
                    {
                        "projectId": _PROJECT,
                        "taskId": NamedRecord("project_tasks"),
                        "userId": NamedRecord("project_users", ("email", "name")),
                    }
                ),
            ),
        ),
        load_layer=LoadLayer.API_ENTRIES,
    ),
)


def _assets(
    stream: str,
    path: str,
    id_field: str | None,
    reading: ReadSpec,
    records: tuple[str, ...] = (),
    writing: WriteSpec | None = None,
    named_by: tuple[str, ...] = (),
    parent: ParentSpec | None = None,
) -> Entity:
    return Entity(
        path.partition("/")[0],
        stream,
        id_field,
        ("assets",),
        reading,
        writing,
        fields=assets.FIELDS[stream],
        path=f"/assets.xro/1.0/{path}",
        records=records,
        parent=parent,
        needs=_ASSETS_NEED,
        named_by=named_by,
        references=_streams_of(writing),
    )


def _creation(
    match_fields: tuple[str, ...],
    found_by: str,
    single: tuple[str, ...] | None = None,
    refers: Mapping[str, NamedRecord] = MappingProxyType({}),
) -> WriteSpec:
    """POST creates one record a call; Xero has no change and no removal."""
    return WriteSpec(
        frozenset({Route.POST}),
        body=Body.RECORD,
        match_fields=match_fields,
        updates=False,
        batch_limit=1,
        answer=(),
        single=single,
        found_by=(found_by,),
        refers=refers,
    )


_WHOLE = ReadSpec(full_table=True, where=False, selected_by_default=False)
ASSETS = (
    replace(
        _assets(
            "assets",
            "Assets",
            "assetId",
            ReadSpec(
                Paging.UNORDERED,
                full_table=True,
                where=False,
                selected_by_default=False,
                # Not documented; 100 is in use.
                max_page_size=100,
                # No order by id; the number is unique.
                fixed_params=MappingProxyType({"orderBy": "AssetNumber", "sortDirection": "asc"}),
                # The direction in which an asset changes its status, so that one that does so
                # while it is read is met twice rather than never.
                walks=tuple(
                    MappingProxyType({"status": status})
                    for status in ("DRAFT", "REGISTERED", "DISPOSED")
                ),
            ),
            ("items",),
            _creation(
                ("assetId", "assetNumber"),
                "assetName",
                refers=MappingProxyType(
                    {"assetTypeId": NamedRecord("asset_types", ("assetTypeName",))}
                ),
            ),
            ("assetNumber",),
        ),
        load_layer=LoadLayer.API_RECORDS,
    ),
    # Lists have neither the serial number nor the warranty.
    _assets(
        "asset_details",
        "Assets/{assetId}",
        "assetId",
        _WHOLE,
        parent=ParentSpec("assets", MappingProxyType({"assetId": "assetId"})),
    ),
    replace(
        _assets(
            "asset_types",
            "AssetTypes",
            "assetTypeId",
            _WHOLE,
            writing=_creation(("assetTypeId",), "assetTypeName", NOT_SINGLE),
            named_by=("assetTypeName",),
        ),
        references=MappingProxyType(
            {
                "accumulatedDepreciationAccountId": "accounts",
                "depreciationExpenseAccountId": "accounts",
                "fixedAssetAccountId": "accounts",
            }
        ),
    ),
    _assets("asset_settings", "Settings", None, _WHOLE),
)


def _files(
    stream: str,
    path: str,
    id_field: str | None,
    reading: ReadSpec,
    records: tuple[str, ...] = (),
    keys: tuple[str, ...] = (),
    parent: ParentSpec | None = None,
    personal: str = "",
) -> Entity:
    return Entity(
        path.rpartition("/")[2],
        stream,
        id_field,
        ("files",),
        reading,
        fields=files.FIELDS[stream],
        path=f"/files.xro/1.0/{path}",
        records=records,
        keys=keys,
        parent=parent,
        personal=frozenset(personal.split()),
    )


def _file_writing(body: Body, found_by: tuple[str, ...], created_field: str = "") -> WriteSpec:
    """POST creates, PUT replaces what can be changed, DELETE removes for good."""
    return WriteSpec(
        frozenset({Route.POST, Route.PUT_ID, Route.DELETE_ID}),
        body=body,
        match_fields=("Id",),
        update_route=Route.PUT_ID,
        replaces=True,
        batch_limit=1,
        removal=_DELETE,
        answer=(),
        no_content=frozenset({"DELETE"}),
        found_by=found_by,
        created_field=created_field,
    )


FILES = (
    replace(
        _files(
            "folders",
            "Folders",
            "Id",
            _WHOLE,
            personal="Email",
        ),
        writing=_file_writing(Body.RECORD, ("Name",)),
    ),
    replace(
        _files(
            "files",
            "Files",
            "Id",
            ReadSpec(
                Paging.UNORDERED,
                full_table=True,
                where=False,
                selected_by_default=False,
                size_parameter="pagesize",
                max_page_size=100,
                # New files then come last.
                fixed_params=MappingProxyType({"sort": "CreatedDateUTC", "direction": "ASC"}),
            ),
            ("Items",),
            personal="User",
        ),
        writing=_file_writing(
            Body.FILE,
            ("Name", "Size"),
            "CreatedDateUtc",
        ),
        load_layer=LoadLayer.API_RECORDS,
    ),
    replace(
        _files(
            "file_associations",
            "Files/{Id}/Associations",
            None,
            _WHOLE,
            keys=("FileId", "ObjectId"),
            parent=ParentSpec(
                "files",
                MappingProxyType({"FileId": "Id"}),
                by_object=ByObject(
                    "/files.xro/1.0/Associations/Count",
                    "ObjectIds",
                    "/files.xro/1.0/Associations/{ObjectId}",
                    "pagesize",
                    100,
                ),
            ),
        ),
        writing=WriteSpec(
            frozenset({Route.POST, Route.DELETE_ID}),
            body=Body.RECORD,
            match_fields=("ObjectId",),
            updates=False,
            caller_assigns_id=True,
            batch_limit=1,
            removal=_DELETE,
            answer=(),
            single=NOT_SINGLE,
            no_content=frozenset({"DELETE"}),
            path_id="ObjectId",
        ),
    ),
    _files(
        "file_contents",
        "Files/{Id}/Content",
        "Id",
        # The content of a file cannot be replaced (xero-facts.md: Files).
        ReadSpec(
            replication_key="UpdatedDateUtc",
            where=False,
            selected_by_default=False,
        ),
        parent=ParentSpec(
            "files",
            MappingProxyType({"Id": "Id", "Name": "Name", "UpdatedDateUtc": "UpdatedDateUtc"}),
            changed_field="UpdatedDateUtc",
            is_content=True,
        ),
    ),
)
