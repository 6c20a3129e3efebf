"""The pieces of the sample county; ``scripts/make_sample.py`` puts them together."""
