"""How easy a text is to read."""

import re


def syllables(word):
    """Counts the syllables of a word, roughly: groups of vowels.

    :param text: the word
    """
    return max(1, len(re.findall(r"[aeiouy]+", word.lower())))


def reading_ease(text):
    words = re.findall(r"[A-Za-z]+", text)
    sentences = max(1, len(re.findall(r"[.!?]+", text)))
    each = sum(syllables(word) for word in words) / max(1, len(words))
    return 206.835 - 1.015 * len(words) / sentences - 84.6 * each


def grade(ease):
    """Says for whom a text of this reading ease is written."""
    return "children" if ease > 80 else "everybody" if ease > 50 else "scholars"
