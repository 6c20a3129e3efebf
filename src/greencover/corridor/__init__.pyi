from .field_columns import read_field_form as read_field_form
from .field_rate import checked_accuracy as checked_accuracy, checked_greening as checked_greening
from .field_sample import field_sample as field_sample
from .planting import planting_list as planting_list
from .roadside import (
    RoadsideGreening as RoadsideGreening,
    roadside_greening as roadside_greening,
    roadside_greening_in_groups as roadside_greening_in_groups,
)
from .sensitivity import roadside_sensitivity as roadside_sensitivity
from .waterside import (
    WatersideGreening as WatersideGreening,
    waterside_greening as waterside_greening,
)
from .work_packages import (
    read_work_form as read_work_form,
    work_packages as work_packages,
    work_summary as work_summary,
)
from .widths import carriageway_offset as carriageway_offset
