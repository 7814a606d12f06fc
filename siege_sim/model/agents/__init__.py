"""Who and what: households, armed units, food stocks, hospitals and other facilities."""
