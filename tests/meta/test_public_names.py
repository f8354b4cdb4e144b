"""The names that people may build on: few, and only changed on purpose."""

import composer_daw

NAMES = """Audio ComposerError Instrument Performance Take load_audio load_instrument load_map load_midi
load_score load_vocabulary open_host plan_versions realize render run_plan save_audio save_events save_midi"""


def test_public_names() -> None:
    assert composer_daw.__all__ == NAMES.split()
    assert len(composer_daw.__all__) <= 25
    assert all(getattr(composer_daw, name) for name in composer_daw.__all__)
