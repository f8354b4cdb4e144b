"""Rubato: how players bend tempo and level along a score; learned from aligned performances, or by rule."""
