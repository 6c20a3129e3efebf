from .html import write_page as write_page
