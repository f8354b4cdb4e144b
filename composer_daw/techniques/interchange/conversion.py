"""From the entries of a foreign map to a technique map: names, groups, and what was lost on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from composer_daw.errors import DocumentError
from composer_daw.files import check_is_file
from composer_daw.techniques.interchange.entries import Entry, is_legal, keys_of, reading
from composer_daw.techniques.maps import TechniqueMap
from composer_daw.techniques.parts import Technique
from composer_daw.techniques.vocabulary import Vocabulary, load_vocabulary

__all__ = ["Conversion", "Entry", "Loss", "map_of_entries", "text_of", "usual_default"]


class Loss(NamedTuple):
    """Something that a conversion could not carry."""

    place: str
    """Where it stood: "file:line" on import; on export the keys that lead there, joined by ": "."""
    what: str
    """The thing itself, as it was written."""
    why: str
    """Why it was left out; the same words for the same reason, so that losses can be counted by it."""

    @property
    def is_for_show(self) -> bool:
        """Tell whether it was only to be looked at, so that nothing is played otherwise."""
        return self.why in FOR_SHOW


FOR_SHOW = frozenset(
    {
        "icons are for the window",
        "spacers are for the window",
        "a second name, for the window",
        "comments are not carried",
        "maps have no score symbols",
    }
)
"""Why things are left out that were only to be looked at."""


@dataclass(frozen=True)
class Conversion:
    """A map made of a foreign one, and what the conversion has to say."""

    technique_map: TechniqueMap
    losses: tuple[Loss, ...] = ()
    unread: tuple[str, ...] = ()
    """The names of entries that were not understood; they are kept as they are."""
    folder: tuple[str, ...] = ()
    """Under which names, outermost first, its program files it: a maker, a product."""


def text_of(path: str | Path, what: str, most_bytes: int) -> str:
    """Return the text of a file in UTF-8, without a byte order mark; raise DocumentError for any other."""
    source = check_is_file(path, what)
    size = source.stat().st_size
    if size > most_bytes:
        raise DocumentError(
            f"{source}: {size:,} bytes, more than the {most_bytes:,} that {what} may have; split it"
        )
    data = source.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError(f"{source}:{line}: not UTF-8 (byte {error.start}); save it as UTF-8") from error


def map_of_entries(
    instrument: str,
    entries: Iterable[Entry],
    source: str = "",
    vocabulary: Vocabulary | None = None,
    groups: Sequence[str] = (),
    defaults: Mapping[str, str] | None = None,
    losses: Iterable[Loss] = (),
    **map_fields: Any,
) -> Conversion:
    """Return the map of these entries; each is named by the vocabulary where its title is understood.

    The key is the vocabulary's name, or several joined by '+'; where an earlier entry has that key, the
    entry's own words in snake_case, with `plays`. A title that is not understood stays as it is, as far as
    it makes a key. `groups` gives their order (else that of the entries). `defaults` names the default of
    groups by the label of its entry; any other group has its `usual_default`. `losses` of the reader come
    first. An entry that does not fit the schema is left out, and is a loss. Further `map_fields` are those
    of `TechniqueMap`.
    """
    words = vocabulary or load_vocabulary()
    lost = list(losses)
    whole = _whole(entries, lost)
    readings = [reading(entry, words, instrument) for entry in whole]
    keys = keys_of(whole, readings, words)
    of_label = {entry.label: key for entry, key in zip(whole, keys, strict=True) if entry.label}
    techniques = {
        key: _technique(entry, key, plays, of_label, lost)
        for entry, key, plays in zip(whole, keys, readings, strict=True)
    }
    names = dict.fromkeys((*groups, *(entry.group for entry in whole)))
    chosen = {name: usual_default(name, techniques, words) for name in names}
    for name, label in (defaults or {}).items():
        chosen[name] = of_label.get(label, chosen.get(name, ""))
    data = {
        "technique_map": 1,
        "instrument": instrument,
        "source": source,
        "groups": {name: {"default": default} for name, default in chosen.items()},
        "techniques": techniques,
        **map_fields,
    }
    unread = tuple(entry.title for entry, plays in zip(whole, readings, strict=True) if not plays)
    return Conversion(TechniqueMap.model_validate(data, context=data), tuple(lost), unread)


def usual_default(group: str, techniques: Mapping[str, Mapping[str, Any]], words: Vocabulary) -> str:
    """Return the first technique of a group that plays nothing but defaults of the vocabulary; or nothing."""
    usual = {entry.default for entry in words.groups.values()}
    for key, technique in techniques.items():
        if technique["group"] == group and set(technique.get("plays") or key.split("+")) <= usual:
            return key
    return ""


def _whole(entries: Iterable[Entry], lost: list[Loss]) -> list[Entry]:
    """Return the entries that the schema takes, without keys that it does not; the others are losses."""
    whole = []
    given: set[str] = set()
    for entry in entries:
        if entry.key and (entry.key in given or not is_legal(entry.key)):
            why = (
                "stands twice as a key"
                if entry.key in given
                else "no key; it has no '=' and parts around '+'"
            )
            lost.append(Loss(entry.place or entry.title, entry.key, why))
            entry = replace(entry, key="")
        given.add(entry.key)
        try:
            Technique.model_validate({**entry.technique, "group": entry.group})
            whole.append(entry)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            lost.append(Loss(entry.place or entry.title, entry.title, f"{where}: {first['msg']}"))
    return whole


def _technique(
    entry: Entry, key: str, plays: tuple[str, ...], of_label: Mapping[str, str], lost: list[Loss]
) -> dict[str, Any]:
    """Return the technique as in YAML, with its names put in; what refers to no entry is dropped."""
    data = {"group": entry.group, **entry.technique}
    if key != entry.title:
        data["title"] = entry.title
    if "plays" not in data and plays and key != "+".join(plays):
        data["plays"] = plays
    for side in ("on", "off"):
        if side in data:
            known = (_referring(action, entry, of_label, lost) for action in data[side])
            data[side] = [action for action in known if action is not None]
    if "fallback" in data:
        data["fallback"] = _known(data["fallback"], "fallback", entry, of_label, lost)
    return data


def _referring(
    action: Mapping[str, Any], entry: Entry, of_label: Mapping[str, str], lost: list[Loss]
) -> Mapping[str, Any] | None:
    """Return the action with keys for labels; None where it counts only with entries that are not there."""
    given = action.get("only_with", ())
    if not given:
        return action
    names = _known([given] if isinstance(given, str) else given, "only_with", entry, of_label, lost)
    return {**action, "only_with": names} if names else None


def _known(
    labels: Sequence[str], what: str, entry: Entry, of_label: Mapping[str, str], lost: list[Loss]
) -> tuple[str, ...]:
    for label in labels:
        if label not in of_label:
            lost.append(Loss(entry.place or entry.title, f"{what} {label}", "there is no such entry"))
    return tuple(of_label[label] for label in labels if label in of_label)
