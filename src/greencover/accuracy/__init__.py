"""How right a map is: reference points, error matrices, areas with their intervals."""

from greencover.accuracy.adjusted import adjusted_shares, error_adjusted, sample_size
from greencover.accuracy.confusion import confusion_from_points
from greencover.accuracy.strata import stratified_accuracy

__all__ = [
    "adjusted_shares",
    "confusion_from_points",
    "error_adjusted",
    "sample_size",
    "stratified_accuracy",
]
