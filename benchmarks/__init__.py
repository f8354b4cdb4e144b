"""Benchmarks: ratios and studies, each a script to run."""
