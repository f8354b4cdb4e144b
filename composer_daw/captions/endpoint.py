"""A concept caption from a language model, where an endpoint is set (OpenAI's chat completions).

COMPOSER_DAW_LLM_URL is the base, such as http://127.0.0.1:8080/v1, COMPOSER_DAW_LLM_MODEL the model, and
COMPOSER_DAW_LLM_KEY the key, if one is needed. What comes back is not trusted: it is cleaned, bounded, and
refused where it is no short line in English. Whatever fails, the words themselves take its place.
"""

from __future__ import annotations

import http.client
import json
import re
import time
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
    key: str = ""
    timeout_s: float = TIMEOUT_S

    @property
    def address(self) -> str:
        """Return where completions are asked for."""
        return f"{self.url.rstrip('/')}/chat/completions"


def endpoint_from(environment: Mapping[str, str]) -> Endpoint | None:
    """Return the endpoint that an environment sets, or None; raise InputError for half of one."""
    url = environment.get(URL, "").strip()
    if not url:
        return None
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"{URL}: '{url}' is no address; give one such as http://127.0.0.1:8080/v1")
    model = environment.get(MODEL, "").strip()
    if not model:
        raise InputError(f"{URL} is set, but {MODEL} is not; name the model")
    return Endpoint(url, model, environment.get(KEY, "").strip())


@dataclass
class Captioner:
    """Asks an endpoint for captions; after a first failure it asks no more."""

    endpoint: Endpoint | None
    remarks: list[str] = field(default_factory=list)

    def ask(self, story: str, mood: str) -> str | None:
        """Return a caption for a story, or None where the words themselves must do."""
        if self.endpoint is None or self.remarks:
            return None
        try:
            return asked(self.endpoint, story, mood)
        except InputError as error:
            self.remarks.append(f"no caption from {self.endpoint.model}: {error}; made of the story's words")
        return None


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
    except (ValueError, LookupError, TypeError) as error:
        raise InputError("its answer is no chat completion") from error
    return cleaned(text)


def _fetched(request: urllib.request.Request, timeout_s: float) -> bytes:
    """Return what a server answers, in time and not too large."""
    until = time.monotonic() + timeout_s
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=timeout_s) as answer:
            data = b""
            while piece := answer.read1(8192):
                data += piece
                if len(data) > LARGEST_BYTES:
                    raise InputError(f"its answer is larger than {LARGEST_BYTES:,} bytes")
                if time.monotonic() > until:
                    raise TimeoutError
            return data
    except urllib.error.HTTPError as error:
        error.close()
        raise InputError(f"it answers {error.code}") from error
    except TimeoutError as error:
        raise InputError(f"no answer within {timeout_s:g} s") from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise InputError(f"no answer within {timeout_s:g} s") from error
        raise InputError(f"it cannot be reached ({error.reason})") from error
    except (OSError, http.client.HTTPException) as error:
        raise InputError(f"it broke off ({type(error).__name__})") from error


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
