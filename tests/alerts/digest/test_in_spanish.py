"""A digest for somebody who reads Spanish."""

import re
from datetime import date, timedelta

import pytest

from alerts.digest.compose import compose
from alerts.digest.render import digest_html, digest_text
from alerts.digest.sample import sample_digest
from alerts.digest.story import MatchedStory
from alerts.settings import MailSettings
from tests.alerts.digest.test_compose import ALL_READ, DAY, DUE
from tests.tools.catalogue import kept

SETTINGS = MailSettings(sender="icewire@icewire.example", contact="hello@icewire.example")
# Words that both languages have, or that a page of the sample says.
_SHARED = {"For:", "Sorry", "Failing", "Latest:", "not yet", "read it"}


def english() -> list[str]:
    """What would be said in English, each as it stands before something is filled in."""
    sentences = [
        form for m in kept("es") if m.id for form in (m.id if isinstance(m.id, tuple | list) else (str(m.id),))
    ]
    pieces = [piece.strip(" .:;,“”()") for s in sentences for piece in re.split(r"%\(\w+\)[sd]|\{[^}]*\}|[\[\]]", s)]
    return [piece for piece in pieces if len(piece.split()) > 1 and piece not in _SHARED]


@pytest.mark.parametrize("shown", [digest_text, digest_html], ids=["text", "html"])
def test_nothing_of_it_is_in_english(shown: object) -> None:
    assert callable(shown)
    # What the outlets say, and the names of searches, stay as they are.
    said = re.sub(
        r"“[^”]*”|<blockquote.*?</blockquote>|<(h2|h3|li)\b.*?</\1>",
        "",
        shown(sample_digest("es"), SETTINGS),
        flags=re.S,
    )
    assert [piece for piece in english() if re.search(rf"\b{re.escape(piece)}\b", said)] == []
    assert "Cancelar la suscripción" in said
    assert 'lang="es"' in said or shown is digest_text


def test_its_subject_counts_and_dates_as_spanish_does() -> None:
    story = MatchedStory(
        1, "waltham", (), "", "", "Redada", "https://a.example/1", "La Voz", DUE, "Waltham, MA", "raid", "es"
    )
    digest = compose(
        DAY, "America/New_York", ("waltham",), [story], ALL_READ, DUE + timedelta(hours=9), DUE, (), None, "es"
    )
    assert digest.subject == "Noticias sobre ICE, 10 de marzo: 1 noticia (Waltham)"
    assert digest.late == "Este resumen debía salir a las 7:00 del 10 de marzo; se hizo a las 16:00 del 10 de marzo."
    assert digest.sources.line("es") == "Se leyeron las 3 fuentes."
    nothing = compose(date(2026, 3, 10), "UTC", ("waltham",), [], ALL_READ, DUE, language="es")
    assert nothing.subject == "Noticias sobre ICE, 10 de marzo: no se encontró nada"
