from .html import write_page as write_page
from .field_form import write_field_page as write_field_page
from .survival_form import write_survival_page as write_survival_page
