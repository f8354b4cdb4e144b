"""The humanizer: performances shaped by valence and arousal, by named rules and a learned rubato.

from composer_daw import load_midi, save_midi
from composer_daw.humanizer import humanize
sad = humanize(load_midi("tune.mid"), emotion="切ない", tempo="map", seed=1)
save_midi(sad.performance, "sad.mid", by_track=True)
"""

from composer_daw.humanizer.apply import Humanized, apply
from composer_daw.humanizer.emotion import EmotionProfile, load_profile
from composer_daw.humanizer.expression import Expression
from composer_daw.humanizer.humanize import humanize
from composer_daw.humanizer.lines import Lines, lines_of
from composer_daw.humanizer.plan import Plan, load_plan, save_plan

__all__ = [
    "EmotionProfile",
    "Expression",
    "Humanized",
    "Lines",
    "Plan",
    "apply",
    "humanize",
    "lines_of",
    "load_plan",
    "load_profile",
    "save_plan",
]
