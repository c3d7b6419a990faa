// xero-node, Xero's official SDK: logs in as a Custom Connection, reads lists, writes and reads back.
// Prints one JSON object.
"use strict";

const { XeroClient } = require("xero-node");

const LISTS = [
  "getAccounts",
  "getBankTransactions",
  "getBankTransfers",
  "getBatchPayments",
  "getBrandingThemes",
  "getBudgets",
  "getContactGroups",
  "getContacts",
  "getCreditNotes",
  "getCurrencies",
  "getInvoices",
  "getItems",
  "getJournals",
  "getLinkedTransactions",
  "getManualJournals",
  "getOrganisations",
  "getOverpayments",
  "getPayments",
  "getPrepayments",
  "getPurchaseOrders",
  "getQuotes",
  "getRepeatingInvoices",
  "getTaxRates",
  "getTrackingCategories",
  "getUsers",
];

function counted(body) {
  const list = Object.values(body).find((value) => Array.isArray(value));
  return list === undefined ? null : list.length;
}

async function main() {
  const xero = new XeroClient({
    clientId: process.env.SANDBOX_CLIENT_ID,
    clientSecret: process.env.SANDBOX_CLIENT_SECRET,
    grantType: "client_credentials",
  });
  await xero.getClientCredentialsToken();
  const api = xero.accountingApi;
  const counts = {};
  for (const name of LISTS) {
    counts[name] = counted((await api[name]("")).body);
  }
  const since = new Date("2026-01-01T00:00:00Z");
  const changed = (await api.getInvoices("", since, 'Type=="ACCREC"')).body.invoices;
  const invoice = {
    type: "ACCREC",
    contact: { name: "Ana" },
    date: "2026-05-01",
    lineItems: [{ description: "Bread", quantity: 2, unitAmount: 4.5, accountCode: "200" }],
  };
  const made = (await api.createInvoices("", { invoices: [invoice] })).body.invoices[0];
  const read = (await api.getInvoice("", made.invoiceID)).body.invoices[0];
  let refusal;
  try {
    await api.createContacts("", { contacts: [{ name: "" }] });
  } catch (error) {
    refusal = typeof error === "string" ? JSON.parse(error) : error;
  }
  process.stdout.write(
    JSON.stringify({
      counts,
      changed: changed.map((item) => item.invoiceID),
      total: read.total,
      date: read.date,
      contact: read.contact.name,
      refusal: refusal.response ? refusal.response.body : refusal.body,
    }),
  );
}

main().catch((error) => {
  process.stderr.write(`${error && error.stack ? error.stack : JSON.stringify(error)}\n`);
  process.exit(1);
});
