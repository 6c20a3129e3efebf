from .word import export_template as export_template, write_word as write_word
from .workbook import write_excel as write_excel
from .field_form import write_field_workbook as write_field_workbook
