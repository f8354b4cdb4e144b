"""Where techniques come from: texts of the score, keyswitches in it, spans and rules beside it."""

from composer_daw.techniques.origins.annotate import AS_WRITTEN, annotate, check_techniques, unread_texts
from composer_daw.techniques.origins.decode import Decoded, decode

__all__ = ["AS_WRITTEN", "Decoded", "annotate", "check_techniques", "decode", "unread_texts"]
