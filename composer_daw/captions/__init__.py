"""Captions: what the words of a story say for its music, and a short line in English that says it."""

from composer_daw.captions.caption import caption_of, tokens_of
from composer_daw.captions.endpoint import Answers, Captioner, Endpoint, Told, endpoint_from
from composer_daw.captions.language import check_language, language_of
from composer_daw.captions.lexicon import Lexicon, load_lexicon
from composer_daw.captions.story import Found, Reading, Words, read_story
from composer_daw.captions.vectors import HashingEncoder, TextEncoder

__all__ = [
    "Answers",
    "Captioner",
    "Endpoint",
    "Found",
    "HashingEncoder",
    "Lexicon",
    "Reading",
    "TextEncoder",
    "Told",
    "Words",
    "caption_of",
    "check_language",
    "endpoint_from",
    "language_of",
    "load_lexicon",
    "read_story",
    "tokens_of",
]
