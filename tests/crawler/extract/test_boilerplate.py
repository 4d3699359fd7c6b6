"""Lines of a page that are not of its article: what the paper tells its reader, and headlines of other stories."""

import pytest

from crawler.extract.blocks import Block
from crawler.extract.boilerplate import drop
from crawler.topic.choice import chosen

STORY = [
    "The city council voted on Tuesday to spend two million dollars on new sidewalks in the Highlands.",
    "Councilor Mara Teller said the work will begin in the spring and take two summers.",
    "Residents asked for crosswalks near the school and for better lights on the hill.",
    "The vote was nine to two.",
]


def line(text: str, tag: str = "p") -> Block:
    return Block(text, tag, -1, (tag, "div"), 0.0)


TO_READERS = """\
Have you seen ICE agents near you? Was a relative detained by ICE? We want to hear from you. Call our tip line.
Do you have photos of ICE arrests? Send them to news@bobbin.example.
Know of an ICE raid in Lowell? Email us at tips@bobbin.example or text 555-0100.
Have information about immigration enforcement? Contact our reporters on Signal at bobbin.55.
If you or someone you know was detained by ICE, contact us at tips@bobbin.example.
Share your experience with ICE: have you been stopped? Tell us.
(The video above is from an earlier story about ICE agents.)
The above video is from a previous report on ICE raids.
Video above: ICE agents in Lowell
Editor’s note: The video in the player above is from a previous story about ICE.
Watch the video above
Related video above: ICE agents arrest three
Previous coverage: ICE agents arrest three at the mill
Want to know about ICE arrests near you? Our ICE Watch newsletter tells you every Friday where they were.
Sign up for our weekly immigration newsletter
Get ICE news and stories delivered to your inbox every morning.
This story is part of Held Far Away, our series on ICE detention.
Our reporting on ICE detention is made possible by readers. Your donation keeps journalism alive.
Poll: Should ICE agents wear masks?
We use cookies and similar technologies to personalise content. By clicking accept you agree to our use of cookies.
This website uses functional and analytical cookies.
Utilizamos cookies para mejorar su experiencia.
Listen to our Border Lines podcast about ICE raids.
Download the Channel 7 News app for alerts on ICE raids.
¿Ha visto a agentes de ICE en su barrio? Escríbanos a pistas@diario.example.
Queremos saber de usted si fue detenido por ICE.
El video de arriba es de un reportaje anterior sobre una redada de ICE.
Reciba noticias de ICE en nuestro boletín semanal.
Lea también: ICE detiene a tres en el molino""".splitlines()


@pytest.mark.parametrize("said", TO_READERS)
def test_what_the_paper_tells_its_reader_is_not_the_story(said: str) -> None:
    for at in (0, 2, 4):
        assert drop([*map(line, STORY[:at]), line(said), *map(line, STORY[at:])]) == STORY


@pytest.mark.parametrize(
    "said",
    """\
Anyone with information is asked to call the tip line at 555-0100.
Police ask anyone with information to call Detective Omar Reyes at 555-0100 or email tips@lowellpd.example.
“Have you seen my brother? Call us,” she said.
The video above the bar shows agents entering.
The newsletter of the union asked members to sign petitions, Teller said.
Agents told him to sign up for an appointment at the ICE office.
She is a journalist who covers immigration and was detained by ICE in June.
The story is part of a lawsuit that lawyers brought against ICE.
“Were you told why? Tell us,” the judge asked.
He asked the officers to contact the reporter’s lawyer, the complaint said.
Teller runs a hotline where neighbors report ICE sightings by text.
The mayor said: we want to hear from you.
If you are stopped by ICE, call a lawyer.
If you see ICE agents, call the hotline at 617-555-0100, volunteers said.""".splitlines(),
)
def test_what_people_say_and_what_the_police_ask_is(said: str) -> None:
    assert drop([line(said), *map(line, STORY)]) == [said, *STORY]


@pytest.mark.parametrize("heading", ["Related", "READ MORE:", "More coverage", "Also read", "Noticias relacionadas"])
@pytest.mark.parametrize(("over", "below"), [("h4", "p"), ("p", "p"), ("h3", "h4"), ("p", "li")])
def test_headlines_below_a_heading_over_other_stories_are_of_those(heading: str, over: str, below: str) -> None:
    others = ["ICE agents detain three men outside a laundromat", "Vigil for roofer held by ICE draws hundreds"]
    blocks = [*map(line, STORY[:2]), line(heading, over), *(line(o, below) for o in others), *map(line, STORY[2:])]
    kept = drop(blocks)
    assert kept == STORY
    assert chosen().topic.judge("Council votes on sidewalks", "\n".join(kept), "en").label == "none"


def test_a_heading_of_the_story_and_what_stands_below_it_stay() -> None:
    blocks = [line(STORY[0]), line("More coverage", "h3"), line("A headline of another story", "h4")]
    blocks += [line("What comes next", "h3"), line(STORY[1])]
    assert drop(blocks) == [STORY[0], "What comes next", STORY[1]]
    assert drop([line(STORY[0]), line("More on the sidewalks", "h3"), line(STORY[1])])[1] == "More on the sidewalks"


@pytest.mark.parametrize(
    "bio",
    [
        "Ana Reyes covers immigration and ICE for The Lowell Bobbin.",
        "Jo Lee is a staff writer covering ICE for the Bobbin.",
        "Ana Reyes can be reached at ana@bobbin.example.",
        "Follow Ana Reyes on Bluesky for news of ICE.",
    ],
)
def test_who_wrote_it_is_no_part_of_it(bio: str) -> None:
    assert drop([*map(line, STORY), line(bio)]) == STORY
