"""Where the opening of a report ends, whatever stands above its lede."""

import pytest

from alerts.query.opening import body_start

TITLE = "Vigil for baker draws hundreds in Salem"
LEDE = "Hundreds filled Derby Street for a vigil for a baker whom ICE has held in New Hampshire since Monday."
DATED = f"SALEM, Mass. — {LEDE}"
BODY = (
    "His sister read a letter that he wrote from the jail. Two councilors spoke.\nThe baker came from Honduras in 2009."
)

TITULO = "Vigilia por un panadero reúne a cientos en Salem"
ENTRADA = "Cientos de personas llenaron la calle Derby en una vigilia por un panadero detenido por ICE el lunes."
CUERPO = "Su hermana leyó una carta que él escribió desde la cárcel.\nEl panadero llegó de Honduras en 2009."

ABOVE = """
IMMIGRATION
Crime & Courts | Immigration
Nov. 28, 2026
Saturday, November 28, 2026 | 6:12 a.m.
Published Nov. 28, 2026 at 6:12 a.m. Updated Nov. 28, 2026 at 9:30 a.m.
4 min read
Estimated reading time: 3 minutes.
Listen to this article
Listen to this article with a free account, read aloud by a machine.
🎧 Listen (5 minutes)
By Ana Whitfield
Ana Whitfield
Ana Whitfield, Staff Writer
By Ana Whitfield and Tom Oduya, Bear Hill Post
Ana Whitfield is a reporter at the Bear Hill Post who covers courts and immigration on the North Shore.
awhitfield@post.example
Ana Whitfield covers the courts and can be reached at awhitfield@post.example.
Associated Press
(AP)
Share on Facebook Share on X Email Print
Share this story with your friends and neighbors on the North Shore.
A sister reads her brother's letter aloud
A crowd gathers on the steps of Salem City Hall on Thursday night.
People hold candles outside Salem City Hall on Thursday, Nov. 26, 2026. (Ana Whitfield/Bear Hill Post)
Photo by Ana Whitfield: People hold candles outside Salem City Hall during a vigil on Thursday.
From left, Rosa Méndez, Luis Paz and Ana Ortiz hold candles outside City Hall. (Staff photo by Tom Oduya)
A man holds a sign during a vigil for a baker in Salem on Thursday. Tom Oduya / Bear Hill Post
Salem City Hall is seen on Thursday, when hundreds came to a vigil for a baker held by immigration officials.
Editor's note: This story has been updated to correct the name of the jail.
EDITOR’S NOTE — A reader asked about bail in such cases, and an answer was added to the third section.
(Editor’s note: The name of the baker is withheld at the wish of the family.)
Correction: An earlier version misstated the day on which the baker was arrested by federal agents.
An earlier version of this story misspelled the name of the baker's sister.
This story was originally published by the Harbor Beacon, and appears here in its series on the courts.
This article contains descriptions of a death in custody, and some may find them hard to read.
Originally published by the Harbor Beacon on Friday, and shared with other papers on the coast.
The Harbor Beacon is a nonprofit newsroom that covers courts and prisons. Sign up for its newsletter.
Sign up for the Morning Harbor and get the news from Salem in your inbox each day.
You have two free articles left this month; become a member to read as many as there are.
UPDATE 3:15 p.m.: City officials said that Derby Street is open again to all traffic.
UPDATED — Police said on Friday that nobody was arrested at the vigil on Derby Street.
3:15 p.m. | Derby Street reopens
3:15 p.m. — Derby Street was opened again to all traffic after the crowd had left.
Nov. 28 — Derby Street was opened again to all traffic after the crowd had left it.
What to know\nHundreds came to a vigil in Salem.\nICE holds the baker in a jail in Berlin.\nA hearing is on Friday.
Key points:\n• Hundreds came to a vigil in Salem on Thursday.\n• ICE holds the baker in a jail in New Hampshire.
In summary\nA sister read her brother's letter to a crowd that had come to City Hall in Salem.
Hundreds came to a vigil in Salem\nICE holds the baker in Berlin
The Brief A baker was held by ICE on Monday. Hundreds came to a vigil. A hearing is on Friday in Boston.
Why we wrote this: Families learn late where those whom they love are held.
IMMIGRATION\nA sister reads her brother's letter\nBy Ana Whitfield\nNov. 28, 2026\n4 min read\nListen
This is a developing story.
The story was produced in cooperation with New England Public Media and its listeners.\n4 min read
This is a breaking news story and will be updated as more becomes known.\nA crowd gathers at City Hall in Salem.
Advertisement\nStory continues below
© 2026 Bear Hill Post. All rights reserved, and nothing may be copied from it.
https://post.example/news/2026/11/28/vigil
""".strip().split("\n")

ENCIMA = """
INMIGRACIÓN
Escuchar
Lectura de 3 minutos
28 de noviembre de 2026
Foto: Ana Robles
Foto: Una multitud sostiene velas frente al Ayuntamiento de Salem durante la vigilia del jueves.
Una multitud se reúne frente al Ayuntamiento de Salem el jueves por la noche.
Por Ana Robles
Por Ana Robles, enviada especial de El Faro
Nota del editor: Este artículo fue corregido para aclarar el nombre de la cárcel.
Nota de la redacción: el nombre del panadero se omite a petición de la familia.
Esta historia fue publicada originalmente por El Faro y se reproduce aquí con su permiso.
Una versión anterior de esta nota daba mal el día en que fue detenido el panadero.
ACTUALIZACIÓN 3:15 p.m.: La calle Derby quedó abierta otra vez al tráfico de la ciudad.
Actualizado el 28 de noviembre de 2026 a las 6:12 a.m.
Lo que debes saber\nCientos acudieron a una vigilia en Salem.\nICE retiene al panadero en New Hampshire.
Puntos clave\n• Cientos acudieron a una vigilia en Salem.\n• ICE retiene al panadero.
Suscríbete a nuestro boletín para recibir las noticias de Salem cada mañana.
Haz clic aquí para leer esta noticia en inglés.
Lee este artículo en inglés en la página de la Bear Hill Post.
Comparte esta historia con tus amigos y vecinos de la costa norte.
""".strip().split("\n")


def below(title: str, text: str) -> str:
    return text[body_start(title, text) :].strip()


@pytest.mark.parametrize("above", ABOVE)
@pytest.mark.parametrize("lede", [LEDE, DATED])
def test_whatever_stands_above_the_lede_belongs_to_the_opening_and_so_does_the_lede(above: str, lede: str) -> None:
    above = above.replace("\\n", "\n")
    assert below(TITLE, f"{above}\n{lede}\n{BODY}") == BODY


@pytest.mark.parametrize("above", ENCIMA)
def test_so_it_is_in_spanish(above: str) -> None:
    above = above.replace("\\n", "\n")
    assert below(TITULO, f"{above}\n{ENTRADA}\n{CUERPO}") == CUERPO


@pytest.mark.parametrize(
    ("title", "lede"),
    [
        (TITLE, LEDE),
        (TITLE, DATED),
        (TITULO, ENTRADA),
        ("Baker is freed", "A baker whose arrest drew hundreds to Derby Street was let go on Friday, his lawyer said."),
        (
            "Council votes on cameras",
            "Salem, Massachusetts (WXYZ) – The council voted 7-2 to keep plate cameras from federal agents.",
        ),
        (
            "ICE at the courthouse again",
            "“They took him before he could say a word,” said Ana Whitfield, who saw agents arrest a man on Washington "
            "Street in Salem on Friday, the third arrest at the courthouse this month.",
        ),
    ],
)
def test_a_lede_that_stands_first_is_believed(title: str, lede: str) -> None:
    assert below(title, f"{lede}\n{BODY}") == BODY


def test_a_text_in_which_no_paragraph_looks_like_a_lede_is_all_opening() -> None:
    assert below(TITLE, "Sam Reed\n4 min read\nListen to this article\nPhoto: Sam Reed") == ""


def test_of_a_long_text_in_which_none_does_the_opening_is_the_top() -> None:
    lines = [f"{hour} p.m.: Agents are seen on Street {hour}." for hour in range(1, 16)]
    assert below(TITLE, "\n".join(lines)).split("\n") == lines[12:]


def test_a_story_that_lost_its_line_breaks_begins_with_two_sentences() -> None:
    rest = " ".join(f"Then speaker {n} said that the baker must come home to Salem before winter." for n in range(20))
    assert below(TITLE, f"{LEDE} Two councilors spoke. {rest}\nContact us") == f"{rest}\nContact us"


def test_a_deck_that_is_a_sentence_is_not_the_lede() -> None:
    deck = "Neighbors demand that a baker held in New Hampshire come home."
    assert below(TITLE, f"{deck}\n{LEDE}\n{BODY}") == BODY
