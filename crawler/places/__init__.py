"""Where it happened."""

from crawler.places.counties import County, all_counties, county_key, county_of
from crawler.places.gazetteer import Gazetteer, shipped
from crawler.places.place import Place
from crawler.places.points import Point, Spot, in_space, kilometres, offices, offices_of, straight, zips
from crawler.places.scene import PlaceFound, Role, find_places, find_scene
from crawler.places.settle import Home
from crawler.places.spelling import squeezed
from crawler.places.stored import places_from, places_of, said_of
from crawler.places.usa import NATION, STATES, state_code
from crawler.places.zones import home_zones, zone_of

__all__ = [
    "NATION",
    "STATES",
    "County",
    "Gazetteer",
    "Home",
    "Place",
    "PlaceFound",
    "Point",
    "Role",
    "Spot",
    "all_counties",
    "county_key",
    "county_of",
    "find_places",
    "find_scene",
    "home_zones",
    "in_space",
    "kilometres",
    "offices",
    "offices_of",
    "places_from",
    "places_of",
    "said_of",
    "shipped",
    "squeezed",
    "state_code",
    "straight",
    "zips",
    "zone_of",
]
