"""Files (xero-facts.md: Files)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    instant,
    instants,
    integer,
    part,
    read_only,
    shape,
    text,
    texts,
    write_only,
)

FIELDS: Mapping[str, Shape] = MappingProxyType(
    {
        "folders": shape(
            text("Name", "Name of the folder."),
            read_only(
                integer("FileCount", "Number of files in the folder."),
                text(
                    "Email", "Address to which files for the folder can be sent; only of the inbox."
                ),
                boolean("IsInbox", "Whether it is the inbox."),
            ),
            text("Id", "Id of the folder, a GUID."),
        ),
        "files": shape(
            text("Name", "Name of the file."),
            text("MimeType", "Type of the content, such as application/pdf."),
            read_only(
                integer("Size"),
                instants("CreatedDateUtc", "UpdatedDateUtc"),
                part("User", "FileUser", "Who uploaded the file."),
            ),
            text("Id", "Id of the file, a GUID."),
            text("FolderId", "Id of the folder that the file is in (Id of folders), a GUID."),
            write_only(texts("FileName", "FilePath", "Content")),
        ),
        "file_associations": shape(
            read_only(
                boolean("SendWithObject", "Whether the file goes out with the document."),
                text("Name", "Name of the file."),
                integer("Size"),
                instant("CreatedDateUtc"),
                instant("AssociationDateUtc", "When the file was attached."),
            ),
            text("FileId", "Id of the file (Id of files), a GUID."),
            text(
                "ObjectId", "Id of the document, contact or other record it is attached to, a GUID."
            ),
            text("ObjectGroup", "What it is attached to: Invoice, Contact, Receipt and so on."),
            text(
                "ObjectType",
                "What it is attached to, finer than ObjectGroup: AccRec, Accpay and so on.",
            ),
        ),
        "file_contents": shape(
            read_only(
                text("Id", "Id of the file (Id of files), a GUID."),
                text("Name", "Name of the file."),
                instant("UpdatedDateUtc"),
                text("Content", "The file itself, in base64."),
            )
        ),
    }
)
PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "FileUser": shape(
            read_only(
                text("Id", "Id of the user, a GUID."),
                text("Name", "Email address of the user."),
                texts("FirstName", "LastName", "FullName"),
            )
        ),
    }
)
