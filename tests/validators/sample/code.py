"""A module."""


def public(name):
    return name
