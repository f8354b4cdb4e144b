"""Authoring: what a plugin or an instrument is and does, and the presets that are made from it."""
