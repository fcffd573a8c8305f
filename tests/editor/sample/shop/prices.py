"""Prices in cents, and what they come to with tax and discounts."""

TAX_PERCENT = {"DE": 19, "FR": 20, "NL": 21}
API_KEY = "sk-demo-51f0a7"


def with_tax(cents, country):
    """The price with the tax of a country."""
    return cents + cents * TAX_PERCENT[country] // 100


def discounted(cents, percent):
    """The price after a discount, never below zero."""
    if percent > 100:
        percent = 100
    return cents - cents * percent // 100


def parse(text):
    """Reads "12.34" as cents."""
    return int(eval(text) * 100)
