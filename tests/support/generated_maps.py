"""Technique maps for property tests: all that the schema can say, or what a test allows."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from composer_daw.techniques import TechniqueMap, load_vocabulary
from composer_daw.techniques.actions import SOURCES

VOCABULARY = sorted(load_vocabulary().techniques)
GROUPS = ("articulation", "position", "mute", "group_4", "Über: #5", "on")

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=24)
"""Any text that can stand in a file: quotes, newlines, other scripts, YAML's own signs."""

words = st.text(st.sampled_from("abcdeXYZ 019.-#'\"()éß短いピ:/"), min_size=1, max_size=16).map(
    lambda text: " ".join(text.split()) or "x"
)
"""What a library might call a technique."""

seven_bit = st.integers(0, 127)
velocities = st.integers(1, 127)
milliseconds = st.one_of(st.integers(0, 5000).map(float), st.floats(0, 5000))
colors = st.one_of(st.just(""), st.integers(0, 0xFFFFFF).map("#{:06x}".format))


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw any of these fields, or none."""
    return st.fixed_dictionaries({}, optional=fields)


def ends(figures: st.SearchStrategy[Any], may_be_open: bool = True) -> st.SearchStrategy[list[Any]]:
    """Draw the lower and the upper end of a span; either may be open."""
    closed = st.lists(figures, min_size=2, max_size=2).map(sorted)
    return closed.flatmap(
        lambda pair: (
            st.tuples(*(st.sampled_from([end, None]) for end in pair)).map(list)
            if may_be_open
            else st.just(pair)
        )
    )


follows = st.fixed_dictionaries(
    {"follow": st.one_of(st.sampled_from(sorted(SOURCES)), st.integers(0, 119).map("cc{}".format))},
    optional={
        "source": st.tuples(st.floats(-1e6, 1e6), st.floats(allow_nan=False, allow_infinity=False)),
        "range": st.tuples(seven_bit, seven_bit),
    },
)


followed_shares = st.tuples(follows, st.tuples(st.floats(0, 1), st.floats(0, 1))).map(
    lambda drawn: {**drawn[0], "range": drawn[1]}
)


def actions(
    names: list[str], following: bool = True, lasting: bool = True
) -> st.SearchStrategy[dict[str, Any]]:
    """Draw one action of any kind; `only_with` takes the names, and keys are held or toggled if `lasting`."""
    shared: dict[str, st.SearchStrategy[Any]] = {"channel": st.integers(1, 16)}
    if names:
        shared["only_with"] = st.lists(st.sampled_from(names), min_size=1, max_size=2)
    modes = {"mode": st.sampled_from(["latch", "hold", "toggle"]), "starts": st.sampled_from(["on", "off"])}
    loose = st.one_of(seven_bit, follows) if following else seven_bit
    return st.one_of(
        st.fixed_dictionaries(
            {"keyswitch": st.lists(seven_bit, min_size=1, max_size=3)},
            optional={
                "velocity": st.one_of(velocities, follows) if following else velocities,
                **(modes if lasting else {}),
                **shared,
            },
        ),
        st.fixed_dictionaries({"cc": seven_bit, "value": loose}, optional=shared),
        st.fixed_dictionaries({"program": seven_bit}, optional={"bank": st.integers(0, 16383), **shared}),
        st.fixed_dictionaries({"pitch_bend": st.integers(-8192, 8191)}, optional=shared),
        st.fixed_dictionaries(
            {
                "parameter": texts,
                "value": st.one_of(st.floats(0, 1), followed_shares) if following else st.floats(0, 1),
            },
            optional=shared,
        ),
    )


conditions = optional(
    length_ms=ends(st.floats(0, 1e5)),
    velocity=ends(st.integers(0, 127).map(float)),
    pitch=ends(seven_bit),
    interval=ends(st.integers(-24, 24).map(float)),
    next=st.sampled_from(["overlaps", "connects", "apart"]),
    previous=st.sampled_from(["overlaps", "connects", "apart"]),
)

shapes = optional(
    length=st.floats(0.01, 100),
    gap_ms=milliseconds,
    overlap_ms=milliseconds,
    lasts_ms=milliseconds,
    strum_ms=st.one_of(milliseconds, st.dictionaries(velocities, milliseconds, max_size=3)),
    strum_from=st.sampled_from(["low", "high"]),
    strum_fades=st.floats(0.01, 100),
    velocity=st.one_of(st.floats(0.01, 100), st.dictionaries(seven_bit, seven_bit, min_size=1, max_size=3)),
    velocity_range=ends(seven_bit, may_be_open=False),
    transpose=st.integers(-127, 127),
    pitch_range=ends(seven_bit),
    sounds=st.integers(-127, 127),
)

by_velocity = st.one_of(milliseconds, st.dictionaries(velocities, milliseconds, max_size=3))


def techniques(names: list[str], groups: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw one technique of a map that has these names and groups."""
    return st.fixed_dictionaries(
        {"group": st.sampled_from(groups)},
        optional={
            "title": st.one_of(words, texts),
            "plays": st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=3, unique=True),
            "when": conditions,
            "on": st.lists(actions(names), max_size=4),
            "off": st.lists(actions(names, lasting=False), max_size=2),
            "channel": st.integers(1, 16),
            "note": shapes,
            "latency_ms": optional(first=by_velocity, transition=by_velocity),
            "fallback": st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True),
            "scope": st.sampled_from(["note", "until_changed"]),
            "affects_held": st.booleans(),
            "setup": texts,
            "trigger": optional(program=seven_bit, key=seven_bit),
            "color": colors,
            "labels": st.dictionaries(
                words, st.one_of(texts, st.dictionaries(words, texts, max_size=2)), max_size=2
            ),
        },
    )


def keys() -> st.SearchStrategy[str]:
    """Draw the key of a technique: of the vocabulary, several of it, or a library's own."""
    own = words.map(lambda text: " ".join(text.replace("=", " ").replace("+", " ").split()) or "x")
    several = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=2, unique=True).map("+".join)
    return st.one_of(several, own)


pieces = st.fixed_dictionaries(
    {
        "written": st.lists(seven_bit, max_size=3),
        "strokes": st.dictionaries(
            st.one_of(words, st.sampled_from(["written", "strokes", "hit"])),
            st.fixed_dictionaries({"play": seven_bit}, optional={"velocity": st.floats(0.01, 100)}),
            min_size=1,
            max_size=3,
        ),
    }
)


@st.composite
def technique_maps(draw: st.DrawFn, largest: int = 6) -> TechniqueMap:
    """Draw a map of up to `largest` techniques that may use all of the schema."""
    names = draw(st.lists(keys(), max_size=largest, unique=True))
    groups = draw(st.lists(st.sampled_from(GROUPS), min_size=1, max_size=len(GROUPS), unique=True))
    entries = {name: draw(techniques(names, groups)) for name in names}
    members = {group: [name for name in names if entries[name]["group"] == group] for group in groups}
    data = draw(
        optional(
            source=texts,
            middle_c=st.sampled_from(["C3", "C4", "C5"]),
            range=ends(seven_bit, may_be_open=False),
            requires_patch=texts,
            lead_ms=milliseconds,
            pieces=st.dictionaries(words, pieces, max_size=2),
            channels=st.lists(st.integers(1, 16), min_size=1, max_size=3),
            instances=st.integers(1, 16),
            dynamics=st.fixed_dictionaries(
                {"cc": seven_bit}, optional={"follow": st.sampled_from(["score", "velocity"])}
            ),
            chase=st.lists(st.integers(0, 119), max_size=6),
            init=st.lists(actions([], following=False, lasting=False), max_size=2),
        )
    )
    data |= {
        "technique_map": 1,
        "instrument": draw(st.one_of(words, texts)),
        "groups": {group: {"default": draw(st.sampled_from(["", *members[group]]))} for group in groups},
        "techniques": entries,
    }
    return TechniqueMap.model_validate(data, context=data)
