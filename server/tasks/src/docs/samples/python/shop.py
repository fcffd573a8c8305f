"""A shop: sells things.

More about it.
"""

from typing import overload

__all__ = ["Shop", "total", "numpy_style", "rest_style", "quiet"]


def total(prices, *, discount=0.0):
    """Adds prices up.

    Args:
        prices: what things cost.
        discont (float): taken off at the end.

    Returns:
        The sum.
    """
    return sum(prices) * (1 - discount)


def not_exported():
    pass


def numpy_style(first, second=None):
    """Does it in the style of NumPy.

    Parameters
    ----------
    first : int
        The first.
    thrid : int, optional
        Is not there.

    Returns
    -------
    int
        Something.
    """
    print(first, second)


def rest_style(a, b, **more):
    """Does it in the style of reST.

    :param a: the first
    :param int c: goes into ``more``
    """
    return a + b


def quiet(a):
    """Says nothing.

    :param a: what
    :param b (optional): goes unjudged
    :returns: ``None``
    """
    print(a)


class Shop:
    """Where things are sold.

    Args:
        name: what stands above the door.
    """

    def __init__(self, name, size):
        self.name = name

    def open(self):
        pass

    def _count(self):
        pass

    @property
    def size(self):
        """How large it is."""
        return 1

    @size.setter
    def size(self, value):
        pass

    @staticmethod
    def make(name: str) -> "Shop":
        """Makes one.

        Args:
            name: its name.
        """
        return Shop(name, 1)
