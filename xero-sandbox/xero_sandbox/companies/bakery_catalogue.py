"""The demo company's names, prices and frequencies; all made up."""

from __future__ import annotations

from decimal import Decimal

# Accounts besides those of every organisation: code, name, type, tax type.
EXTRA_ACCOUNTS = (
    ("201", "Wholesale Bread Sales", "SALES", "OUTPUT2"),
    ("202", "Pastry and Cake Sales", "SALES", "OUTPUT2"),
    ("203", "Export Sales", "SALES", "ZERORATED"),
    ("204", "Shop Goods Sales", "SALES", "OUTPUT2"),
    ("311", "Flour and Grain", "DIRECTCOSTS", "INPUT2"),
    ("312", "Packaging", "DIRECTCOSTS", "INPUT2"),
    ("313", "Import Duty", "DIRECTCOSTS", "NONE"),
)
BANKS = (
    ("091", "Harbour Savings", "0109000123456701", "BANK", "NZD"),
    ("092", "Company Card", "1234-XXXX-XXXX-0042", "CREDITCARD", "NZD"),
    ("093", "Australian Dollar Account", "0109000123456703", "BANK", "AUD"),
)
# Code, name, price, cost, sales account. Shop goods are tracked as inventory.
BREADS = (
    ("BRD-SOUR", "Sourdough loaf 900 g", "6.40", "2.10", "201"),
    ("BRD-SEED", "Seeded tin loaf", "5.90", "2.05", "201"),
    ("BRD-RYE", "Dark rye", "6.75", "2.40", "201"),
    ("BRD-CIAB", "Ciabatta", "4.20", "1.30", "201"),
    ("BRD-FOCA", "Focaccia slab", "18.50", "6.20", "201"),
    ("BRD-BAGU", "Baguette", "3.60", "1.05", "201"),
    ("BRD-BURG", "Burger buns, dozen", "9.80", "3.10", "201"),
    ("BRD-SLID", "Slider buns, dozen", "8.20", "2.70", "201"),
    ("BRD-HOTD", "Hot dog rolls, dozen", "8.90", "2.90", "201"),
    ("BRD-WHOL", "Wholemeal sandwich loaf", "4.75", "1.60", "201"),
    ("BRD-GFRE", "Gluten-free loaf", "8.95", "3.85", "201"),
    ("BRD-RAIS", "Raisin loaf", "7.10", "2.65", "201"),
    ("BRD-PITA", "Pita, ten", "5.20", "1.75", "201"),
    ("BRD-NAAN", "Naan, six", "5.60", "1.90", "201"),
    ("BRD-DOUG", "Pizza dough ball, ten", "14.00", "4.40", "201"),
)
PASTRIES = (
    ("PAS-CROI", "Butter croissant", "3.15", "1.15", "202"),
    ("PAS-ALMO", "Almond croissant", "4.05", "1.60", "202"),
    ("PAS-CHOC", "Pain au chocolat", "3.85", "1.45", "202"),
    ("PAS-CINN", "Cinnamon scroll", "3.95", "1.25", "202"),
    ("PAS-DANI", "Apricot danish", "3.90", "1.40", "202"),
    ("PAS-PIE", "Steak and ale pie", "5.85", "2.70", "202"),
    ("PAS-VPIE", "Kūmara and feta pie", "5.65", "2.45", "202"),
    ("PAS-SAUS", "Sausage roll", "4.10", "1.75", "202"),
    ("CAK-CARR", "Carrot cake, 12 slices", "46.00", "17.00", "202"),
    ("CAK-LEMO", "Lemon tart", "38.00", "13.50", "202"),
    ("CAK-CHEE", "Baked cheesecake", "52.00", "21.00", "202"),
    ("CAK-BROW", "Brownie tray", "34.50", "12.25", "202"),
    ("CAK-AFGH", "Chocolate walnut biscuits, 24", "29.00", "9.80", "202"),
    ("CAK-SHOR", "Shortbread, 24", "26.00", "8.40", "202"),
    ("CAK-LAMI", "Lamington tray", "31.00", "10.75", "202"),
)
SHOP = (
    ("SHP-BASK", "Proving basket", "32.00", "14.20", "204"),
    ("SHP-KNIF", "Bread knife", "58.00", "27.50", "204"),
    ("SHP-BOOK", "Harbour Lane cook book", "45.00", "19.00", "204"),
    ("SHP-TOTE", "Canvas tote", "22.00", "7.60", "204"),
    ("SHP-STAR", "Sourdough starter kit", "18.50", "6.05", "204"),
)
SERVICES = (
    ("SRV-DELI", "Delivery, per drop", "8.50", "5.00", "260"),
    ("SRV-CLAS", "Baking class, per seat", "95.00", "31.00", "260"),
    ("SRV-CONS", "Menu consulting, per hour", "140.00", "0.00", "260"),
    ("SRV-HIRE", "Oven hire, per day", "220.00", "0.00", "260"),
    ("SRV-CRAT", "Crate deposit", "6.00", "6.00", "260"),
)
PLACES = (
    "Kōwhai",
    "Tidewater",
    "Lantern",
    "Pōhutukawa",
    "Old Wharf",
    "Copperfield",
    "Three Gulls",
    "Northcote",
    "Saltmarsh",
    "Rimu Street",
    "Bellbird",
    "Fern & Fig",
    "Lighthouse",
    "Mānuka Hill",
    "Sunday Paper",
    "Wairere",
    "Blue Door",
    "Quarry Road",
)
TRADES = ("Café", "Deli", "Kitchen", "Hotel", "Grocer", "Catering", "Roastery", "Brasserie")
EXPORT_CUSTOMERS = (
    ("Bondi Pantry Pty", "AUD"),
    ("Fitzroy Fine Foods", "AUD"),
    ("Hobart Harbour Stores", "AUD"),
    ("Gold Coast Provedores", "AUD"),
    ("Pacific Crumb Imports Inc", "USD"),
    ("Sausalito Bread Bar", "USD"),
)
# Name, description, account, typical amount, bills per year.
SUPPLIERS = (
    ("Canterbury Plains Mill", "Bakers flour", "311", "1850", 52),
    ("Golden Sheaf Grain Co", "Rye and spelt", "311", "640", 26),
    ("Westland Road Dairy", "Butter and cream", "300", "1220", 52),
    ("Henderson Eggs", "Eggs, free range", "300", "310", 52),
    ("Sweetwater Sugar", "Sugar and molasses", "300", "420", 20),
    ("Orchard & Nut Traders", "Nuts and dried fruit", "300", "760", 18),
    ("Kraft & Fold Packaging", "Bags and cake boxes", "312", "530", 22),
    ("Harbour Property Trust", "Rent of the bakehouse", "469", "4600", 12),
    ("Meridian Lane Power", "Electricity and gas", "445", "1480", 12),
    ("Kererū Telecom", "Telephone and fibre", "489", "214", 12),
    ("Swift Gull Couriers", "Chilled deliveries", "425", "690", 26),
    ("Bright & Rinse Cleaning", "Cleaning of the bakehouse", "408", "380", 24),
    ("Ledger & Lamb Accountants", "Accounting services", "412", "520", 12),
    ("Shopfront Signs", "Posters and signs", "400", "270", 8),
    ("Oven & Hearth Service", "Oven service", "473", "415", 10),
    ("Tasman Van Leasing", "Lease of two vans", "449", "1130", 12),
    ("Paperclip Office Supplies", "Stationery", "461", "95", 14),
    ("Southern Mutual", "Business insurance", "433", "610", 12),
    ("Crumb Software", "Ordering system", "485", "149", 12),
    ("Devonport Legal", "Legal advice", "441", "980", 3),
)
SMALL_SUPPLIERS = (
    "Hill",
    "Tamati",
    "Okeke",
    "Larsen",
    "Patel",
    "Moreau",
    "Walsh",
    "Ngata",
    "Fischer",
    "Costa",
    "Sato",
    "Byrne",
)
SMALL_TRADES = ("Plumbing", "Electrical", "Joinery")
SMALL_SPENDS = (
    ("Corner Fuel Stop", "Diesel", "449", "88.40"),
    ("Tūī Supermarket", "Sundries", "429", "41.90"),
    ("Parking Meter Street", "Parking", "493", "9.00"),
    ("Bank of the Harbour", "Account fee", "404", "12.50"),
    ("Bean & Barrow", "Client coffee", "420", "23.00"),
    ("Post Counter", "Stamps and parcels", "425", "17.80"),
)
SHOP_BUYERS = ("Saturday Market Sales", "Shop Counter Sales")
PEOPLE = (
    ("Aroha", "Ngata", "STANDARD"),
    ("Ben", "Larsen", "INVOICEONLY"),
    ("Chandra", "Patel", "FINANCIALADVISER"),
    ("Dita", "Moreau", "READONLY"),
)
FIRST_NAMES = ("Mia", "Tom", "Ana", "Lars", "Ines", "Kiri", "Noah", "Ruth", "Omar", "Jun")
CITIES = (("Auckland", "1010"), ("Wellington", "6011"), ("Nelson", "7010"), ("Napier", "4110"))
WAGES = Decimal("27450.00")
