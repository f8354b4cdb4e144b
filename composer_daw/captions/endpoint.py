"""A concept caption from a language model, where an endpoint is set (OpenAI's chat completions).

COMPOSER_DAW_LLM_URL is the base, such as http://127.0.0.1:8080/v1, COMPOSER_DAW_LLM_MODEL the model, and
COMPOSER_DAW_LLM_KEY the key, if one is needed. What comes back is not trusted: it is cleaned, bounded, and
refused where it is no short line in English. Whatever fails, the words themselves take its place: a bad
answer costs one caption, a server that does not answer or refuses the call all that are left.
"""

from __future__ import annotations

import http.client
import json
import queue
import re
import threading
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from composer_daw.captions.caption import LONGEST
from composer_daw.captions.language import language_of
from composer_daw.errors import InputError

URL, MODEL, KEY = "COMPOSER_DAW_LLM_URL", "COMPOSER_DAW_LLM_MODEL", "COMPOSER_DAW_LLM_KEY"
TIMEOUT_S = 20.0
"""For the whole answer, however slowly it comes."""
LARGEST_BYTES = 65_536
SHORTEST = 8
"""Characters; what is shorter is no caption."""

PROMPT = (
    "You name the musical concept of a section of a song. Answer with one line in English of at most 14 "
    "words, without quotes: who or what sounds, the scene, the mood and the manner of playing. "
    "Example: a lonely cello at dusk, slow and tender"
)


@dataclass(frozen=True)
class Endpoint:
    """Where a language model answers."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout_s: float = TIMEOUT_S

    @property
    def address(self) -> str:
        """Return where completions are asked for."""
        return f"{self.url.rstrip('/')}/chat/completions"


class UnreachableError(InputError):
    """Nothing more can be had from an endpoint: it does not answer, or refuses the call itself."""


def endpoint_from(environment: Mapping[str, str]) -> Endpoint | None:
    """Return the endpoint that an environment sets, or None; raise InputError for what cannot be called."""
    url = environment.get(URL, "").strip()
    if not url:
        return None
    if not _is_address(url):
        raise InputError(f"{URL}: {url!r} is no address; give one such as http://127.0.0.1:8080/v1")
    model, key = environment.get(MODEL, "").strip(), environment.get(KEY, "").strip()
    if not model:
        raise InputError(f"{URL} is set, but {MODEL} is not; name the model")
    if not all("!" <= one <= "~" for one in key):
        raise InputError(f"{KEY}: holds spaces, line breaks or letters beyond ASCII; copy the key again")
    return Endpoint(url, model, key)


def _is_address(url: str) -> bool:
    """Tell whether a text is an http address without spaces, that has a host and, if any, a real port."""
    try:
        parts = urllib.parse.urlsplit(url)
        named = parts.hostname is not None and parts.port != 0
    except ValueError:
        return False
    plain = all("!" <= one <= "~" for one in url)
    return named and plain and parts.scheme in ("http", "https") and not (parts.query or parts.fragment)


class Told(NamedTuple):
    """What a model is told of a section."""

    story: str
    mood: str


class Answers(NamedTuple):
    """The captions that a model gave, by section, and why others are missing."""

    captions: dict[str, str]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Captioner:
    """Asks an endpoint for captions; without one it has none to give."""

    endpoint: Endpoint | None

    def captions(self, sections: Mapping[str, Told]) -> Answers:
        """Ask for the captions of sections, in their order; what fails is left out, with a remark."""
        found: dict[str, str] = {}
        if self.endpoint is None:
            return Answers(found, ())
        model, remarks = self.endpoint.model, []
        for name, told in sections.items():
            try:
                found[name] = asked(self.endpoint, *told)
            except UnreachableError as error:
                left = ", ".join(one for one in sections if one not in found)
                remarks.append(f"no caption from {model}: {error}; made of the story's words: {left}")
                break
            except InputError as error:
                remarks.append(f"{name}: no caption from {model}: {error}; made of the story's words")
        return Answers(found, tuple(remarks))


def asked(endpoint: Endpoint, story: str, mood: str) -> str:
    """Return the caption that an endpoint gives; raise InputError, in one line, for anything else."""
    body = {
        "model": endpoint.model,
        "temperature": 0,
        "seed": 0,
        "max_tokens": 60,
        "messages": [
            {"role": "system", "content": PROMPT},
            {"role": "user", "content": f"Story: {story}\nMood: {mood}"},
        ],
    }
    headers = {"Content-Type": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    request = urllib.request.Request(endpoint.address, json.dumps(body).encode(), headers, method="POST")
    data = _fetched(request, endpoint.timeout_s)
    try:
        answer: Any = json.loads(data)
        text = answer["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise InputError("its answer is no chat completion") from error
    return cleaned(text)


def _fetched(request: urllib.request.Request, timeout_s: float) -> bytes:
    """Return what a server answers, in time and not too large.

    A socket's timeout begins again with each byte, so another thread reads, and the time is taken here. Who
    drips on is left behind; that thread ends with the program.
    """
    answers: queue.SimpleQueue[bytes | InputError] = queue.SimpleQueue()

    def read() -> None:
        try:
            answers.put(_read(request, timeout_s))
        except InputError as error:
            answers.put(error)

    threading.Thread(target=read, name="caption", daemon=True).start()
    try:
        answer = answers.get(timeout=timeout_s)
    except queue.Empty as error:
        raise UnreachableError(f"no answer within {timeout_s:g} s") from error
    if isinstance(answer, InputError):
        raise answer
    return answer


def _read(request: urllib.request.Request, timeout_s: float) -> bytes:
    """Return what a server answers; raise InputError, in one line, for whatever goes wrong."""
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=timeout_s) as answer:
            data: bytes = answer.read(LARGEST_BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()
        kind = UnreachableError if error.code < 500 else InputError
        raise kind(f"it answers {error.code}") from error
    except TimeoutError as error:
        raise UnreachableError(f"no answer within {timeout_s:g} s") from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise UnreachableError(f"no answer within {timeout_s:g} s") from error
        raise UnreachableError(f"it cannot be reached ({error.reason})") from error
    except (OSError, http.client.HTTPException) as error:
        raise InputError(f"it broke off ({type(error).__name__})") from error
    except ValueError as error:  # an address or a head that the library does not take
        raise UnreachableError(f"it cannot be asked ({error})") from error
    if len(data) > LARGEST_BYTES:
        raise InputError(f"its answer is larger than {LARGEST_BYTES:,} bytes")
    return data


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Stays where it was sent: a key is not carried to another place."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""
        return None


def cleaned(text: object) -> str:
    """Return a caption as one plain line; raise InputError for what is none."""
    if not isinstance(text, str):
        raise InputError("its answer is no text")
    text = re.sub(r"<think>.*?</think>", "", text, flags=re.DOTALL)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = lines[0] if lines else ""
    line = "".join(one for one in unicodedata.normalize("NFKC", line) if one.isprintable())
    line = re.sub(r"^(?:caption|concept)\s*:\s*", "", line, flags=re.IGNORECASE)
    line = re.sub(r"\s+", " ", line.strip(" \t\"'“”‘’`*_#<>-–—")).rstrip(".!")
    if len(line) < SHORTEST or re.search(r"https?:|[<>{}\[\]|\\]", line):
        raise InputError("its answer is no caption")
    if not line.isascii() and sum(not one.isascii() for one in line) > 3:
        raise InputError("its caption is not in English")
    if language_of(line)[0] != "en":
        raise InputError("its caption is not in English")
    return line if len(line) <= LONGEST else line[: LONGEST + 1].rsplit(" ", 1)[0].rstrip(",;:")
