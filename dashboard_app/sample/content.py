"""What the sample app holds. People are made up; nobody can sign in as them."""

from __future__ import annotations

from typing import Any, NamedTuple

KINDS = ("Café", "Shop", "Museum", "Workshop", "Outdoors", "Library")

PEOPLE = (
    ("ada.lindqvist@example.com", "Ada Lindqvist"),
    ("tom.okafor@example.com", "Tom Okafor"),
    ("mei.tanaka@example.com", "Mei Tanaka"),
    ("jonas.weber@example.com", "Jonas Weber"),
    ("lucia.romano@example.com", "Lucía Romano"),
    ("sam.fraser@example.com", "Sam Fraser"),
)


class Place(NamedTuple):
    name: str
    kind: str
    summary: str
    features: tuple[str, ...]
    lon: float
    lat: float
    hue: int  # of its picture, in degrees
    website: str = ""
    is_open: bool = True


PLACES = (
    Place(
        "Lantern Café", "Café", "Coffee and cardamom buns by the old slipway.",
        ("outdoor seats", "dogs welcome", "step-free"), -5.052, 50.152, 28,
        "https://example.com/lantern",
    ),
    Place(
        "Saltmarsh Books", "Shop", "Second-hand books, maps and a cat named Folio.",
        ("children", "cash only"), -5.055, 50.154, 350, "https://example.com/saltmarsh",
    ),
    Place(
        "The Pilot House", "Museum", "How ships were guided in, told in three small rooms.",
        ("children", "step-free"), -5.049, 50.149, 205,
    ),
    Place(
        "Gannet Pottery", "Workshop", "Throw a bowl on Saturday, fetch it glazed in a week.",
        ("step-free",), -5.058, 50.156, 16, "https://example.com/gannet",
    ),
    Place(
        "Beacon Hill", "Outdoors", "Forty minutes up, the whole bay from the top.",
        ("dogs welcome", "children"), -5.071, 50.162, 130,
    ),
    Place(
        "Reading Room", "Library", "Quiet desks above the fish market, open late on Thursdays.",
        ("step-free", "children"), -5.053, 50.151, 260,
    ),
    Place(
        "Quay Bicycles", "Shop", "Repairs while you wait, bicycles for a day or a week.",
        ("outdoor seats",), -5.050, 50.153, 180, "https://example.com/quay",
    ),
    Place(
        "Low Tide Walk", "Outdoors", "Sand, mussel beds and a tide table worth reading first.",
        ("dogs welcome",), -5.044, 50.146, 195,
    ),
    Place(
        "Signal Kitchen", "Café", "One pot a day, served until it is empty.",
        ("cash only", "outdoor seats"), -5.056, 50.150, 45, "", False,
    ),
    Place(
        "Net Loft", "Workshop", "Rope, knots and canvas; courses for beginners.",
        ("children",), -5.051, 50.148, 300, "https://example.com/netloft",
    ),
)  # fmt: skip

#: title, place, host, days from now, hour, price, status
EVENTS = (
    ("Jazz on the slipway", "Lantern Café", 0, 6, 19, 8, "planned"),
    ("Story hour", "Saltmarsh Books", 2, 3, 10, 0, "planned"),
    ("Night of the lighthouse", "The Pilot House", 3, 20, 21, 12.5, "sold out"),
    ("First bowl", "Gannet Pottery", 4, 9, 14, 35, "planned"),
    ("Sunrise walk", "Beacon Hill", 5, 2, 6, 0, "planned"),
    ("Poems after work", "Reading Room", 1, 11, 18, 0, "planned"),
    ("Mend your own puncture", "Quay Bicycles", 0, 14, 17, 5, "planned"),
    ("Mussels and tides", "Low Tide Walk", 5, 16, 9, 4, "cancelled"),
    ("Ten knots", "Net Loft", 3, 23, 15, 20, "planned"),
    ("Map swap", "Saltmarsh Books", 2, 27, 16, 0, "planned"),
)

REVIEWS = (
    ("Lantern Café", 1, 5, "The buns are gone by ten. Come early."),
    ("Lantern Café", 2, 4, "Lovely in the sun, windy otherwise."),
    ("Saltmarsh Books", 0, 5, "Found the chart my grandfather used."),
    ("Saltmarsh Books", 3, 4, "The cat chooses for you."),
    ("The Pilot House", 4, 4, "Small, and told with care."),
    ("Gannet Pottery", 5, 5, "My bowl leaks and I love it."),
    ("Beacon Hill", 2, 5, "Take a jacket, and the second path."),
    ("Beacon Hill", 0, 4, "Steep at the end."),
    ("Reading Room", 1, 5, "Thursday evenings are the best of the week."),
    ("Quay Bicycles", 4, 3, "Good work; the wait was an hour."),
    ("Low Tide Walk", 3, 5, "Read the tide table. Really."),
    ("Signal Kitchen", 5, 2, "Empty pot at half past twelve."),
    ("Net Loft", 2, 5, "I can tie a bowline behind my back now."),
)

OPENING: dict[str, Any] = {
    "tue-fri": ["10:00", "18:00"],
    "sat": ["09:00", "17:00"],
    "sun": None,
}
