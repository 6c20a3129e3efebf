"""An assessment as the files of an office: an Excel workbook and a Word report."""
