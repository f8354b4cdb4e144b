"""Evaluation: how well techniques are told apart, and how sure the figures are."""
