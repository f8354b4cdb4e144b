"""Techniques: the vocabulary of names, the technique maps of instruments, and their realization as events."""

from composer_daw.techniques.maps import TechniqueMap, load_map
from composer_daw.techniques.note_labels import Labels
from composer_daw.techniques.origins.annotate import AS_WRITTEN, annotate, check_techniques, unread_texts
from composer_daw.techniques.realize import Realization, realize
from composer_daw.techniques.resolve import Resolution, Rung, resolve
from composer_daw.techniques.vocabulary import Vocabulary, load_vocabulary

__all__ = [
    "AS_WRITTEN",
    "Labels",
    "Realization",
    "Resolution",
    "Rung",
    "TechniqueMap",
    "Vocabulary",
    "annotate",
    "check_techniques",
    "load_map",
    "load_vocabulary",
    "realize",
    "resolve",
    "unread_texts",
]
