"""Plugins on disk: where they are, what they are, and what is saved of their sound; none is loaded here."""
