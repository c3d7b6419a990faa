"""Random amounts, rates and lines of documents."""

from hypothesis import strategies as st

AMOUNTS = st.decimals(min_value="0.01", max_value="5000", places=2)


QUANTITIES = st.decimals(min_value="0.1", max_value="40", places=1)


RATES = st.decimals(min_value="0.4", max_value="1.9", places=6)


AMOUNT_TYPES = st.sampled_from(["Exclusive", "Inclusive", "NoTax"])


@st.composite
def lines(draw, *, sales: bool, stock: bool = True):
    found = []
    for _ in range(draw(st.integers(1, 4))):
        line = {
            "Description": "Something",
            "Quantity": draw(QUANTITIES),
            "UnitAmount": draw(AMOUNTS),
            "AccountCode": "200" if sales else "429",
            "TaxType": draw(
                st.sampled_from(
                    ["OUTPUT2" if sales else "INPUT2", "ZERORATED", "NONE", "TAX001", "TAX002"]
                )
            ),
        }
        if stock and draw(st.integers(0, 3)) == 0:
            line |= {"ItemCode": "STOCK", "AccountCode": "200" if sales else "630"}
            line["TaxType"] = draw(st.sampled_from(["NONE", "ZERORATED", "TAX001", "TAX002"]))
        if sales and draw(st.booleans()):
            line["DiscountRate"] = draw(st.integers(0, 100))
        found.append(line)
    return found
