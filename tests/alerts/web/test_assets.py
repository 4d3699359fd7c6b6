"""Style, script and icon: small, ours, and kept by browsers until they change."""

from starlette.applications import Starlette
from starlette.routing import Route

from alerts.web.assets import ASSET_PATH, asset, asset_url, assets
from tests.makers.browsing import ask

APP = Starlette(routes=[Route(ASSET_PATH, asset)])


def test_a_file_is_kept_for_ever_under_the_name_of_what_it_holds() -> None:
    status, headers, body = ask(APP, asset_url("icewire.css"))
    assert status == 200
    assert headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in headers["cache-control"]
    assert body.encode() == assets()["icewire.css"].content


def test_no_other_file_can_be_asked_for() -> None:
    for name in ("icewire.css", "../app.py", "icewire-000000000000.css", "%2e%2e%2fapp.py"):
        assert ask(APP, f"/static/{name}")[0] == 404


def test_there_are_at_most_three_kilobytes_of_script() -> None:
    assert sum(len(one.content) for one in assets().values() if one.kind.startswith("text/javascript")) <= 3000
