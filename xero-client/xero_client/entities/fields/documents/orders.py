"""Quotes, purchase orders and linked transactions (billable expenses)."""

from __future__ import annotations

from xero_client.entities.field_types import (
    boolean,
    booleans,
    day,
    instant,
    number,
    numbers,
    part,
    parts,
    read_only,
    shape,
    text,
    texts,
    write_only,
)

LINKED_TRANSACTIONS = shape(
    text("LinkedTransactionID"),
    read_only(
        text("Type", "Type: BILLABLEEXPENSE."),
        text("Status", "Status: DRAFT, APPROVED, ONDRAFT, BILLED or VOIDED."),
    ),
    text("ContactID", "Id of the customer to whom the cost is charged."),
    text("SourceTransactionID", "Id of the bill or bank transaction whose cost is charged on."),
    text("SourceLineItemID", "Id of the line of the bill."),
    read_only(
        text("SourceTransactionTypeCode", "Type of the bill or bank transaction: ACCPAY or SPEND.")
    ),
    text("TargetTransactionID", "Id of the sales invoice that charges the cost."),
    text("TargetLineItemID", "Id of the line of the sales invoice."),
    write_only(
        part("Contact", "Contact"),
        part("SourceTransaction", "Invoice"),
        part("SourceLineItem", "Line"),
        part("TargetTransaction", "Invoice"),
        part("TargetLineItem", "Line"),
    ),
    read_only(instant("UpdatedDateUTC"), parts("ValidationErrors", "Message")),
)
PURCHASE_ORDERS = shape(
    text("PurchaseOrderID"),
    text("PurchaseOrderNumber", "Number of the purchase order."),
    read_only(text("Type", "Type: PURCHASEORDER.")),
    part("Contact", "Contacts", sent="Contact"),
    day("Date"),
    read_only(text("DateString")),
    day("DeliveryDate", "Day on which the delivery is due."),
    read_only(text("DeliveryDateString")),
    day("ExpectedArrivalDate", "Day on which the goods are expected."),
    text("Status", "Status: DRAFT, SUBMITTED, AUTHORISED, BILLED or DELETED."),
    text("LineAmountTypes"),
    parts("LineItems", "LineItem"),
    texts("Reference", "BrandingThemeID", "CurrencyCode"),
    number("CurrencyRate"),
    boolean("SentToContact"),
    text("DeliveryAddress", "Address of the delivery, in lines."),
    text("AttentionTo"),
    text("Telephone", "Phone number for the delivery."),
    text("DeliveryInstructions", "Instructions for the delivery."),
    read_only(
        numbers("SubTotal", "TotalTax", "Total", "TotalDiscount"),
        booleans("IsDiscounted", "HasAttachments"),
        parts("Attachments", "AttachedFile"),
        instant("UpdatedDateUTC"),
        boolean("HasErrors"),
        text("StatusAttributeString"),
        parts("ValidationErrors", "Message"),
        parts("Warnings", "Message"),
    ),
)
QUOTES = shape(
    text("QuoteID"),
    text("QuoteNumber", "Number of the quote."),
    part("Contact", "Contacts", sent="Contact"),
    day("Date"),
    read_only(text("DateString")),
    day("ExpiryDate", "Last day on which the quote is valid."),
    read_only(text("ExpiryDateString")),
    text("Status", "Status: DRAFT, SENT, ACCEPTED, DECLINED, INVOICED or DELETED."),
    text("LineAmountTypes"),
    parts("LineItems", "LineItem"),
    text("Reference"),
    text("Title", "Title of the quote."),
    text("Summary", "Summary above the lines of the quote."),
    text("Terms", "Terms of the quote."),
    texts("BrandingThemeID", "CurrencyCode"),
    number("CurrencyRate"),
    read_only(
        numbers("SubTotal", "TotalTax", "Total", "TotalDiscount"),
        instant("UpdatedDateUTC"),
        text("StatusAttributeString"),
        parts("ValidationErrors", "Message"),
    ),
)
