"""Files (xero-facts.md: Files)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tap_xero.records.schemas.types import (
    BOOLEAN,
    INSTANT,
    INTEGER,
    STRING,
    Properties,
    object_of,
)

FOLDER: Properties = {
    "Name": STRING,
    "FileCount": INTEGER,
    "Email": STRING,
    "IsInbox": BOOLEAN,
    "Id": STRING,
}
USER: Properties = {
    "Id": STRING,
    "Name": STRING,
    "FirstName": STRING,
    "LastName": STRING,
    "FullName": STRING,
}
FILE_OBJECT: Properties = {
    "Name": STRING,
    "MimeType": STRING,
    "Size": INTEGER,
    "CreatedDateUtc": INSTANT,
    "UpdatedDateUtc": INSTANT,
    "User": object_of(USER),
    "Id": STRING,
    "FolderId": STRING,
}
ASSOCIATION: Properties = {
    "SendWithObject": BOOLEAN,
    "Name": STRING,
    "Size": INTEGER,
    "CreatedDateUtc": INSTANT,
    "AssociationDateUtc": INSTANT,
    "FileId": STRING,
    "ObjectId": STRING,
    "ObjectGroup": STRING,
    "ObjectType": STRING,
}

# Made by the tap: Xero sends the file itself.
FILE_CONTENT: Properties = {
    "Name": STRING,
    "UpdatedDateUtc": INSTANT,
    # In base64.
    "Content": STRING,
}

SCHEMAS: Mapping[str, Properties] = MappingProxyType(
    {
        "folders": FOLDER,
        "files": FILE_OBJECT,
        "file_associations": ASSOCIATION,
        "file_contents": FILE_CONTENT,
    }
)
