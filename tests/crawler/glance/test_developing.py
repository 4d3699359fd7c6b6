"""A stub that says that more will come is told from other pages, and cheaply."""

import pytest

from crawler.glance.developing import more_will_come

CARS = "<p>A large number of police cars was seen at the Boston Street plaza on Friday morning.</p>"
TOLD = "".join(f"<p>{'The council heard from the people of the street about the plaza. ' * 4}</p>" for _ in range(12))


@pytest.mark.parametrize(
    "said",
    """\
This is a developing story and will be updated.
This is a breaking news story. Check back for updates.
DEVELOPING STORY
This story will be updated as more information becomes available.
It’s a developing story, we will update this article.
Check back here for updates.
More details to come.
No further details were immediately available.
Stay tuned for updates.
Esta es una noticia en desarrollo.
Esta nota se irá actualizando.
Esta historia será actualizada.""".splitlines(),
)
@pytest.mark.parametrize("tag", ["p", "em", "div class=note"])
def test_a_stub_says_that_more_will_come(said: str, tag: str) -> None:
    page = f"<article>{CARS}<{tag}>{said}</{tag.split()[0]}></article>"
    assert more_will_come(page.encode())
    assert more_will_come(page.replace("’", "&rsquo;").encode())


@pytest.mark.parametrize(
    "page",
    [
        CARS,
        f"{CARS}<p>The developing countries met, and the rules were updated.</p>",
        f"{CARS}<a href='/x'>This is a developing story: police at the plaza</a>",
        f"{CARS}<script>var text = 'This is a developing story and will be updated.'</script>",
        f"{CARS}<h2>Breaking news</h2><p>Updated at 7 p.m.</p>",
        f"{CARS}{TOLD}<p>This is a developing story and will be updated.</p>",
        "",
        "\x00\xff<p",
    ],
)
def test_other_pages_do_not(page: str) -> None:
    assert not more_will_come(page.encode("utf-8", "replace"))
