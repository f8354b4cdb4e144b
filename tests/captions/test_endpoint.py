"""Captions from a language model: a loopback server that answers well, badly, too slowly, or not at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from composer_daw.captions import Captioner, Endpoint, Told, endpoint_from
from composer_daw.captions.endpoint import UnreachableError, asked, cleaned
from composer_daw.errors import InputError

SECTIONS = {"verse": Told("rain", "sad"), "chorus": Told("the sun", "happy"), "bridge": Told("sea", "calm")}

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """A server on this machine, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        self.answer: Answer = says("a lonely cello at dusk, slow and tender")
        self.stopped = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.asked.append((self.path, dict(self.headers), json.loads(body)))
                server.answer(self)

            def log_message(self, *_: object) -> None: ...

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,))
        self.thread.start()

    def endpoint(self, **more: Any) -> Endpoint:
        host, port = self.http.server_address[:2]
        return Endpoint(f"http://{host!s}:{port}/v1", "tiny", **more)

    def close(self) -> None:
        self.stopped.set()
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    yield one
    one.close()


def sends(code: int, body: bytes, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def says(text: object) -> Answer:
    return sends(200, json.dumps({"choices": [{"message": {"content": text}}]}).encode())


def test_a_good_answer(server: Server) -> None:
    caption = asked(server.endpoint(key="secret"), "雨の夜", "lonely")
    assert caption == "a lonely cello at dusk, slow and tender"
    path, headers, body = server.asked[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer secret"
    assert (body["model"], body["temperature"], body["seed"]) == ("tiny", 0, 0)
    assert "雨の夜" in body["messages"][1]["content"] and "lonely" in body["messages"][1]["content"]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (sends(500, b""), "it answers 500"),
        (sends(401, b"{}"), "it answers 401"),
        (sends(302, b"", Location="http://127.0.0.1:9/"), "it answers 302"),
        (sends(200, b"<html>hello</html>"), "no chat completion"),
        (sends(200, b'{"choices": []}'), "no chat completion"),
        (sends(200, b"[1, 2]"), "no chat completion"),
        (sends(200, b"[" * 60_000), "no chat completion"),
        (sends(200, b"\xff\xfe\x00"), "no chat completion"),
        (sends(200, b"x" * 100_000), "larger than 65,536 bytes"),
        (says(None), "no text"),
        (says(""), "no caption"),
        (says("ok"), "no caption"),
        (says("<b>a lonely cello</b> at dusk"), "no caption"),
        (says("see https://example.org for a caption"), "no caption"),
        (says("雨の夜のチェロ、ゆっくりと優しく"), "not in English"),
        (says("un violoncelle est seul et la nuit est noire"), "not in English"),
    ],
)
def test_bad_answers_are_told_in_one_line(server: Server, answer: Answer, problem: str) -> None:
    server.answer = answer
    with pytest.raises(InputError, match=problem) as error:
        asked(server.endpoint(), "rain", "sad")
    assert "\n" not in str(error.value)


def test_a_server_that_hangs(server: Server) -> None:
    server.answer = lambda handler: server.stopped.wait(10.0) and None
    before = time.monotonic()
    with pytest.raises(InputError, match=r"no answer within 0\.3 s"):
        asked(server.endpoint(timeout_s=0.3), "rain", "sad")
    assert time.monotonic() - before < 5.0


def test_a_server_that_drips(server: Server) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not server.stopped.wait(0.05):
            try:
                handler.wfile.write(b" ")
            except OSError:
                return

    server.answer = drip
    with pytest.raises(InputError, match=r"no answer within 0\.4 s"):
        asked(server.endpoint(timeout_s=0.4), "rain", "sad")


def test_a_server_whose_head_drips(server: Server) -> None:
    """Each byte begins a socket's timeout anew; the whole exchange has one deadline all the same."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not server.stopped.wait(0.05):
            try:
                handler.wfile.write(b"z")
            except OSError:
                return

    server.answer = drip
    with pytest.raises(UnreachableError, match=r"no answer within 0\.4 s"):
        asked(server.endpoint(timeout_s=0.4), "rain", "sad")


def test_a_server_that_is_not_there(server: Server) -> None:
    endpoint = server.endpoint(timeout_s=2.0)
    server.close()
    try:
        with pytest.raises(InputError, match="cannot be reached"):
            asked(endpoint, "rain", "sad")
    finally:
        server.__init__()  # type: ignore[misc]  the fixture closes one more


def test_who_refuses_the_call_is_asked_no_more(server: Server) -> None:
    server.answer = sends(401, b"")
    answers = Captioner(server.endpoint()).captions(SECTIONS)
    assert len(server.asked) == 1
    told = "no caption from tiny: it answers 401; made of the story's words: verse, chorus, bridge"
    assert answers == ({}, (told,))


def test_a_bad_answer_costs_one_caption(server: Server) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        text = "ok" if "sun" in json.dumps(server.asked[-1][2]) else "warm strings in the rain"
        says(text)(handler)

    server.answer = answer
    answers = Captioner(server.endpoint()).captions(SECTIONS)
    assert answers.captions == {
        "verse": "warm strings in the rain",
        "bridge": "warm strings in the rain",
    }
    remark = "chorus: no caption from tiny: its answer is no caption; made of the story's words"
    assert answers.remarks == (remark,)


def test_without_an_endpoint_nothing_is_asked() -> None:
    assert Captioner(None).captions(SECTIONS) == ({}, ())


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ('  "A lonely cello, slow and tender."\nAnd more.', "A lonely cello, slow and tender"),
        ("Caption: warm strings in the rain", "warm strings in the rain"),
        ("<think>hm\nhm</think>\n- warm strings  in the rain", "warm strings in the rain"),
        ("warm\u200b strings in the rain", "warm strings in the rain"),
    ],
)
def test_cleaning(text: str, caption: str) -> None:
    assert cleaned(text) == caption


def test_a_long_answer_is_cut_at_a_word() -> None:
    caption = cleaned("a slow and tender cello sings of the rain " * 20)
    assert 100 < len(caption) <= 120
    assert caption.split()[-1] in ["a", "slow", "and", "tender", "cello", "sings", "of", "the", "rain"]


def test_the_environment() -> None:
    assert endpoint_from({}) is None
    both = {"COMPOSER_DAW_LLM_URL": "http://here:1/v1/", "COMPOSER_DAW_LLM_MODEL": "m"}
    found = endpoint_from({**both, "COMPOSER_DAW_LLM_KEY": "k"})
    assert found == Endpoint("http://here:1/v1/", "m", "k")
    assert found.address == "http://here:1/v1/chat/completions"
    with pytest.raises(InputError, match="COMPOSER_DAW_LLM_MODEL is not"):
        endpoint_from({"COMPOSER_DAW_LLM_URL": "http://here"})


@pytest.mark.parametrize(
    "url",
    [
        "ftp://here",
        "here",
        "file:///etc/passwd",
        "http://[::1",
        "http://here:99999/v1",
        "http://here:port/v1",
        "http://here/v 1",
        "http://here/\nv1",
        "http://ここ/v1",
        "http:///v1",
        "http://here/v1?x=1",
    ],
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(InputError, match="COMPOSER_DAW_LLM_URL: .* is no address") as error:
        endpoint_from({"COMPOSER_DAW_LLM_URL": url, "COMPOSER_DAW_LLM_MODEL": "m"})
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "鍵", "caf\u00e9", "bell\a"])
def test_what_is_no_key(key: str) -> None:
    both = {"COMPOSER_DAW_LLM_URL": "http://here/v1", "COMPOSER_DAW_LLM_MODEL": "m"}
    with pytest.raises(InputError, match="COMPOSER_DAW_LLM_KEY: holds") as error:
        endpoint_from({**both, "COMPOSER_DAW_LLM_KEY": key})
    assert key not in str(error.value)


def test_a_key_is_not_shown() -> None:
    assert "secret" not in repr(Endpoint("http://here/v1", "m", "secret"))
