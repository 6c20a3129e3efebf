"""How right a map is: reference points, error matrices, areas with their intervals.

Names are looked up on first use, as ``__init__.pyi`` lists them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
