"""Let the tests of the studio share their helpers, which importlib mode would not find, and one browser."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import studio_samples as samples  # noqa: E402
from devtools import Tab, browsing  # noqa: E402

from composer_daw.studio import write_audition  # noqa: E402


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of `studio_samples`, written."""
    return write_audition(samples.page(), tmp_path_factory.mktemp("audition"))


@pytest.fixture(scope="session")
def long_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The long page of `studio_samples`, written."""
    return write_audition(samples.long_page(), tmp_path_factory.mktemp("long"))


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """A tab of one browser for all tests."""
    with browsing(tmp_path_factory.mktemp("browser")) as tab:
        yield tab


@pytest.fixture
def guarded() -> bool:
    """Whether the page's Content-Security-Policy holds; a recorder brings scripts that it refuses."""
    return True


@pytest.fixture
def tab(browser: Tab, page: Path, guarded: bool) -> Tab:
    """The tab with the page just opened on a wide screen, its first piece read."""
    browser.call("Page.setBypassCSP", enabled=not guarded)
    browser.forget()
    browser.screen(1280, 900)
    browser.open(page)
    browser.wait("Audition.desk.mixes.size === 2")
    return browser
