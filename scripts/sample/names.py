"""Names, seats and residents of the fictional county, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Township:
    """A township: where its seat stands (plane km), how big its town is, who lives there."""

    code: str
    name: str
    name_en: str
    seat_km: tuple[float, float]
    town_radius_m: float
    villages: int
    residents: int
    park_ha: tuple[float, ...]


TOWNSHIPS = (
    Township("360899101", "云溪镇", "Yunxi Town", (11.9, 10.9), 1150, 11, 46210, (26, 17, 11, 6)),
    Township("360899102", "青石镇", "Qingshi Town", (5.1, 13.3), 620, 8, 15870, (9.5, 5.5)),
    Township("360899103", "枫林镇", "Fenglin Town", (10.2, 17.0), 560, 7, 13440, (8, 4.5)),
    Township("360899104", "白鹭镇", "Bailu Town", (18.4, 16.9), 640, 8, 17320, (12, 9.5)),
    Township("360899105", "石桥镇", "Shiqiao Town", (20.4, 11.2), 580, 8, 14960, (7,)),
    Township("360899201", "竹湖乡", "Zhuhu Township", (17.3, 5.4), 430, 7, 9180, (11.5,)),
    Township("360899202", "松岭乡", "Songling Township", (5.0, 6.4), 410, 7, 8650, (3.2,)),
    Township("360899203", "青岚乡", "Qinglan Township", (11.2, 3.1), 260, 4, 2130, (3.6,)),
)
# The township whose border is laid along pixel edges, so that its areas are whole pixels.
ALIGNED = "360899203"

# Villages of each township, the seat's community first.
VILLAGES = {
    "360899101": (
        "云溪社区 Yunxi Community|河东社区 Hedong Community|南门社区 Nanmen Community|"
        "上坪村 Shangping Village|下坪村 Xiaping Village|柳塘村 Liutang Village|"
        "文昌村 Wenchang Village|新渡村 Xindu Village|黄田村 Huangtian Village|"
        "樟树下村 Zhangshuxia Village|荷塘村 Hetang Village"
    ),
    "360899102": (
        "青石社区 Qingshi Community|石湾村 Shiwan Village|高陂村 Gaopi Village|"
        "瓦窑村 Wayao Village|枣园村 Zaoyuan Village|西坑村 Xikeng Village|"
        "大塘村 Datang Village|马岭村 Maling Village"
    ),
    "360899103": (
        "枫林社区 Fenglin Community|枫桥村 Fengqiao Village|北源村 Beiyuan Village|"
        "茶坑村 Chakeng Village|长布村 Changbu Village|罗家村 Luojia Village|"
        "水口村 Shuikou Village"
    ),
    "360899104": (
        "白鹭社区 Bailu Community|鹭洲村 Luzhou Village|沙洲村 Shazhou Village|"
        "东岸村 Dongan Village|梅岗村 Meigang Village|周家村 Zhoujia Village|"
        "大屋村 Dawu Village|龙潭村 Longtan Village"
    ),
    "360899105": (
        "石桥社区 Shiqiao Community|桥头村 Qiaotou Village|铜锣村 Tongluo Village|"
        "江背村 Jiangbei Village|杨梅村 Yangmei Village|官田村 Guantian Village|"
        "岭下村 Lingxia Village|东坑村 Dongkeng Village"
    ),
    "360899201": (
        "竹湖村 Zhuhu Village|湖口村 Hukou Village|竹山村 Zhushan Village|"
        "坝上村 Bashang Village|桃源村 Taoyuan Village|南坑村 Nankeng Village|"
        "谢家村 Xiejia Village"
    ),
    "360899202": (
        "松岭村 Songling Village|松坪村 Songping Village|鹅塘村 Etang Village|"
        "风车口村 Fengchekou Village|古井村 Gujing Village|坳背村 Aobei Village|"
        "西岭村 Xiling Village"
    ),
    "360899203": (
        "青岚村 Qinglan Village|云峰村 Yunfeng Village|杉木坑村 Shanmukeng Village|"
        "鹰嘴岩村 Yingzuiyan Village"
    ),
}

PARKS = {
    "360899101": (
        "云溪湿地公园 Yunxi Wetland Park|文昌公园 Wenchang Park|"
        "河东滨河公园 Hedong Riverside Park|南门广场游园 Nanmen Square Garden"
    ),
    "360899102": "青石公园 Qingshi Park|石湾游园 Shiwan Garden",
    "360899103": "枫林公园 Fenglin Park|枫桥游园 Fengqiao Garden",
    "360899104": "白鹭公园 Bailu Park|鹭洲湿地公园 Luzhou Wetland Park",
    "360899105": "石桥公园 Shiqiao Park",
    "360899201": "竹湖公园 Zhuhu Park",
    "360899202": "松岭游园 Songling Garden",
    "360899203": "青岚公园 Qinglan Park",
}


def pairs(listing: str) -> list[tuple[str, str]]:
    """Split ``"名 Name|名 Name"`` into (Chinese, English) pairs."""
    return [(zh, en) for zh, en in (entry.split(" ", 1) for entry in listing.split("|"))]


def code_of_village(township: str, number: int) -> str:
    """Give the twelve-digit code of a township's village; communities count from 001."""
    return f"{township}{number:03d}"
