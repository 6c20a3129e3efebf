from .adjusted import (
    adjusted_shares as adjusted_shares,
    error_adjusted as error_adjusted,
    sample_size as sample_size,
)
from .confusion import confusion_from_points as confusion_from_points
from .strata import stratified_accuracy as stratified_accuracy
from .survival import (
    survival_rate as survival_rate,
    survival_sample as survival_sample,
)
