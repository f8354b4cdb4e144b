"""The arranger: songs by rules, from conditions and a seed (docs/arranger.md)."""

from composer_daw.composing.arranger.arranger import Arranger
from composer_daw.composing.arranger.tables import genre_named, genres

__all__ = ["Arranger", "genre_named", "genres"]
