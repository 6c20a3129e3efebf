<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
{%- macro options(kind, values) -%}
<layer class="{{ kind }}" enabled="1" locked="0" pass="0"><Option type="Map">
{%- for name, value in values.items() %}<Option type="QString" name="{{ name }}" value="{{ value }}"/>{% endfor %}</Option>
{#- QGIS before 3.20 reads these. -#}
{%- for name, value in values.items() %}<prop k="{{ name }}" v="{{ value }}"/>{% endfor %}</layer>
{%- endmacro %}
<qgis version="3.28.0" styleCategories="Symbology|Labeling|Fields" labelsEnabled="1">
<renderer-v2 type="{{ kind }}"{% if field %} attr="{{ field }}"{% endif %} symbollevels="0" enableorderby="0" forceraster="0">
{%- if rules %}<rules key="all">{% for filter, words in rules %}<rule key="{{ loop.index0 }}" filter="{{ filter }}" symbol="{{ loop.index0 }}" label="{{ words }}"/>{% endfor %}</rules>{% endif %}
{%- if categories %}<categories>{% for value, name in categories %}<category value="{{ value }}" symbol="{{ loop.index0 }}" label="{{ name }}" render="true" type="string"/>{% endfor %}</categories>{% endif -%}
<symbols>{% for symbol in symbols %}<symbol name="{{ loop.index0 }}" type="{{ symbol.type }}" alpha="1" force_rhr="0">
{%- if symbol.type == "fill" %}{{ options("SimpleFill", {"color": symbol.colour, "outline_color": symbol.edge, "outline_style": "solid", "outline_width": symbol.width, "outline_width_unit": "MM", "style": symbol.brush, "joinstyle": "round"}) }}
{%- else %}{{ options("SimpleLine", {"line_color": symbol.colour, "line_style": symbol.dash, "line_width": symbol.width, "line_width_unit": "MM", "capstyle": "flat", "joinstyle": "round"}) }}{% endif -%}
</symbol>{% endfor %}</symbols></renderer-v2>
{%- if named %}<labeling type="simple"><settings calloutType="simple"><text-style fieldName="{{ named }}" isExpression="0" fontSize="{{ size }}" fontSizeUnit="Point" textColor="{{ ink }}"><text-buffer bufferDraw="1" bufferSize="0.8" bufferSizeUnits="MM" bufferColor="255,255,255,230"/></text-style><placement placement="{{ 2 if along else 0 }}"/><rendering scaleVisibility="{{ 1 if along else 0 }}" scaleMin="0" scaleMax="{{ label_scale }}"/></settings></labeling>{% endif -%}
<aliases>{% for name, alias in aliases.items() %}<alias field="{{ name }}" index="{{ loop.index0 }}" name="{{ alias }}"/>{% endfor %}</aliases></qgis>
