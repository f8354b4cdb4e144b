"""Composing: a song file becomes a score, a performance, stems, a mix and a page."""
