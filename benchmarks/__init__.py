"""The overlay engine against other tools: ``python -m benchmarks``."""
