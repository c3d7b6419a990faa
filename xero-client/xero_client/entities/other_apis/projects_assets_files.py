"""Projects, Assets and Files (xero-facts.md: Projects, Assets, Files)."""

from __future__ import annotations

from types import MappingProxyType

from xero_client.entities.entity import ByObject, Entity, Paging, ParentSpec, ReadSpec

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
        path=f"/projects.xro/2.0/{path}",
        records=("items",),
        parent=ParentSpec("projects", _PROJECT_ID) if has_parent else None,
        needs=_PROJECTS_NEED,
        personal=frozenset(personal.split()),
    )


_PROJECT_ID = MappingProxyType({"projectId": "projectId"})
PROJECTS = (
    _projects("projects", "Projects", "projectId", ids_parameter="projectIds"),
    _projects("project_users", "ProjectsUsers", "userId", personal="name email"),
    _projects("project_tasks", "Projects/{projectId}/Tasks", "taskId", has_parent=True),
    _projects("project_time_entries", "Projects/{projectId}/Time", "timeEntryId", has_parent=True),
)


def _assets(
    stream: str, path: str, id_field: str | None, reading: ReadSpec, records: tuple[str, ...] = ()
) -> Entity:
    return Entity(
        path,
        stream,
        id_field,
        ("assets",),
        reading,
        path=f"/assets.xro/1.0/{path}",
        records=records,
        needs=_ASSETS_NEED,
    )


_WHOLE = ReadSpec(full_table=True, where=False, selected_by_default=False)
ASSETS = (
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
            # The direction in which an asset changes its status, so that one that does so while it
            # is read is met twice rather than never.
            walks=tuple(
                MappingProxyType({"status": status})
                for status in ("DRAFT", "REGISTERED", "DISPOSED")
            ),
        ),
        ("items",),
    ),
    _assets("asset_types", "AssetTypes", "assetTypeId", _WHOLE),
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
        path=f"/files.xro/1.0/{path}",
        records=records,
        keys=keys,
        parent=parent,
        personal=frozenset(personal.split()),
    )


FILES = (
    _files("folders", "Folders", "Id", _WHOLE, personal="Email"),
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
