"""Orders: lines of items, and their totals."""

from shop.prices import discounted, with_tax


class Order:
    """What one customer wants."""

    def __init__(self, country):
        self.country = country
        self.lines = []

    def add(self, item, cents, count=1):
        """Puts an item into the order."""
        self.lines.append((item, cents, count))

    def total(self, discount=0):
        """All lines with discount and tax, in cents."""
        net = sum(cents * count for _, cents, count in self.lines)
        return with_tax(discounted(net, discount), self.country)
